#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "xml/forbidden.h"
#include "xml/plain.h"
#include "xml/xml.h"

struct xml {
    const struct xml_handler *handler;
    void *context;
    struct plain plain;
    bool handed_over;           /* libxml2 reads the rest, which is not plain */
    struct forbidden forbidden; /* in front of libxml2 */
    unsigned told;              /* starts and ends already reported to the handler */
    xmlSAXHandler sax;
    xmlParserCtxtPtr parser; /* NULL until needed */
    enum xml_result result;
    unsigned depth;
    bool ended;      /* the root element is closed */
    bool fresh;      /* the parser is unused so far */
    unsigned marked; /* bytes of a byte order mark received, and nothing else */
};

static void stop(struct xml *xml, enum xml_result result)
{
    if (xml->result == XML_WELL)
        xml->result = result;
    xmlStopParser(xml->parser);
}

/*
 * In callbacks of libxml2 the user data is the parser, because some of its defaults need that; our
 * data is in _private.
 */
static struct xml *ours(void *parser)
{
    return ((xmlParserCtxtPtr)parser)->_private;
}

static void on_start(void *parser, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
    int namespaces, const xmlChar **namespace_list, int attributes, int defaulted,
    const xmlChar **attribute_list)
{
    struct xml *xml = ours(parser);
    (void)prefix, (void)uri, (void)namespaces, (void)namespace_list;
    (void)attributes, (void)defaulted, (void)attribute_list;
    if (xml->result != XML_WELL)
        return;
    if (++xml->depth > XML_MAX_DEPTH) {
        stop(xml, XML_REFUSED);
        return;
    }
    if (xml->told > 0)
        xml->told--;
    else
        xml->handler->start(xml->context, (const char *)name);
}

static void on_end(void *parser, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml *xml = ours(parser);
    (void)prefix, (void)uri;
    if (xml->result != XML_WELL || xml->depth == 0)
        return;
    if (xml->told > 0)
        xml->told--;
    else
        xml->handler->end(xml->context, (const char *)name);
    if (--xml->depth == 0)
        xml->ended = true;
}

static void on_text(void *parser, const xmlChar *text, int length)
{
    struct xml *xml = ours(parser);
    if (xml->result == XML_WELL && length > 0)
        forbidden_restore((const char *)text, (size_t)length, xml->handler->text, xml->context);
}

static void on_doctype(void *parser, const xmlChar *name, const xmlChar *external,
    const xmlChar *system)
{
    (void)name, (void)external, (void)system;
    stop(ours(parser), XML_REFUSED);
}

/* The argument of an error handler: libxml2 2.12 made it const. */
#if LIBXML_VERSION < 21200
typedef xmlError reported_error;
#else
typedef const xmlError reported_error;
#endif

static void on_error(void *user, reported_error *error)
{
    struct xml *xml = ours(user);
    if (error->level == XML_ERR_WARNING || error->domain == XML_FROM_NAMESPACE)
        return;
    stop(xml, error->code == XML_ERR_NO_MEMORY ? XML_NO_MEMORY : XML_MALFORMED);
}

/* The document must not choose the encoding: a name would select a converter of the C library. */
enum { PARSER_OPTIONS = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_IGNORE_ENC };

/* Feed libxml2, whose lengths are int. on_error() handles its result. */
static void to_parser(void *context, const char *data, size_t length)
{
    struct xml *xml = context;
    while (length > 0 && xml->result == XML_WELL) {
        int piece = length > INT_MAX ? INT_MAX : (int)length;
        (void)xmlParseChunk(xml->parser, data, piece, 0);
        data += piece;
        length -= (size_t)piece;
    }
}

/* Begin a document: it is UTF-8 with any first bytes. Return 0 or -1. */
static int start(struct xml *xml)
{
    xml->fresh = true;
    xml->marked = 0;
    forbidden_begin(&xml->forbidden, to_parser, xml);
    return xmlSwitchEncoding(xml->parser, XML_CHAR_ENCODING_UTF8) == 0 ? 0 : -1;
}

/* Set up a parser at the start of a document. Return 0 or -1. */
static int begin(struct xml *xml)
{
    xml->parser = xmlCreatePushParserCtxt(&xml->sax, NULL, NULL, 0, NULL);
    if (xml->parser == NULL)
        return -1;
    xml->parser->_private = xml;
    xml->parser->userData = xml->parser;
    xmlCtxtUseOptions(xml->parser, PARSER_OPTIONS);
    return start(xml);
}

/* Silence errors without a parser, such as out of memory for one, which libxml2 would print on
 * stderr. */
static void silent(void *context, reported_error *error)
{
    (void)context, (void)error;
}

struct xml *xml_open(const struct xml_handler *handler, void *context)
{
    struct xml *xml = calloc(1, sizeof *xml);
    if (xml == NULL)
        return NULL;
    xml->handler = handler;
    xml->context = context;
    xml->sax.initialized = XML_SAX2_MAGIC;
    xml->sax.startElementNs = on_start;
    xml->sax.endElementNs = on_end;
    xml->sax.characters = on_text;
    xml->sax.cdataBlock = on_text;
    xml->sax.ignorableWhitespace = on_text;
    xml->sax.internalSubset = on_doctype;
    xml->sax.serror = on_error;
    xmlSetStructuredErrorFunc(NULL, silent);
    plain_begin(&xml->plain, handler, context);
    return xml;
}

void xml_free(struct xml *xml)
{
    if (xml == NULL)
        return;
    xmlFreeParserCtxt(xml->parser);
    free(xml);
}

int xml_restart(struct xml *xml)
{
    bool sound = xml->result == XML_WELL;
    plain_begin(&xml->plain, xml->handler, xml->context);
    xml->handed_over = false;
    xml->told = 0;
    xml->result = XML_WELL;
    xml->depth = 0;
    xml->ended = false;
    if (xml->parser == NULL)
        return 0;
    /* Keep the dictionary of names; state of a broken document must go. */
    if (xml->fresh || (sound && xmlCtxtResetPush(xml->parser, NULL, 0, NULL, NULL) == 0))
        return start(xml);
    xmlFreeParserCtxt(xml->parser);
    return begin(xml);
}

/* Skip a byte order mark, which the parser would not skip. Return its length in these bytes. */
static size_t pass_mark(struct xml *xml, const char *data, size_t length)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t passed = 0;
    while (passed < length && xml->marked < sizeof mark - 1 && data[passed] == mark[xml->marked]) {
        xml->marked++;
        passed++;
    }
    if (passed < length && xml->marked % (sizeof mark - 1) != 0) {
        xml->fresh = false;
        stop(xml, XML_MALFORMED); /* part of a mark is not UTF-8 */
    }
    return passed;
}

static enum xml_result parse(struct xml *xml, const char *data, size_t length)
{
    size_t passed = xml->fresh && length > 0 ? pass_mark(xml, data, length) : 0;
    if (passed < length && xml->result == XML_WELL) {
        xml->fresh = false;
        forbidden_feed(&xml->forbidden, data + passed, length - passed);
    }
    return xml->result;
}

static void parse_end(struct xml *xml)
{
    if (xml->result == XML_WELL)
        forbidden_finish(&xml->forbidden);
    if (xml->result != XML_WELL)
        return;
    xml->fresh = false;
    (void)xmlParseChunk(xml->parser, "", 0, 1);
}

/* Pass to libxml2 what was read without it. */
static void deliver_text(struct xml *xml)
{
    const struct plain *plain = &xml->plain;
    xml->handed_over = true;
    if (xml->parser == NULL && begin(xml) != 0) {
        xml->result = XML_NO_MEMORY;
        return;
    }
    xml->told = plain->ended ? 2 : plain->depth;
    if (plain->ended)
        parse(xml, "<a></a>", 7);
    else if (plain->begun && plain->depth == 0)
        parse(xml, "\n", 1); /* a declaration would be too late here */
    for (unsigned i = 0; i < plain->depth; i++) {
        const char *name = plain->names + plain->name_at[i];
        parse(xml, "<", 1);
        parse(xml, name, strlen(name));
        parse(xml, ">", 1);
    }
    if (plain->rest_length > 0)
        parse(xml, plain->rest, plain->rest_length);
}

enum xml_result xml_feed(struct xml *xml, const char *data, size_t length)
{
    size_t taken = 0;
    if (length == 0 || xml->result != XML_WELL)
        return xml->result;
    if (!xml->handed_over) {
        switch (plain_feed(&xml->plain, data, length, &taken)) {
        case PLAIN_WELL:
            return XML_WELL;
        case PLAIN_MALFORMED:
            xml->result = XML_MALFORMED;
            return xml->result;
        case PLAIN_OTHER:
            deliver_text(xml);
            break;
        }
    }
    return taken < length ? parse(xml, data + taken, length - taken) : xml->result;
}

enum xml_result xml_finish(struct xml *xml)
{
    if (xml->handed_over)
        parse_end(xml);
    if (xml->result == XML_WELL && !(xml->handed_over ? xml->ended : plain_whole(&xml->plain)))
        xml->result = XML_MALFORMED;
    return xml->result;
}
