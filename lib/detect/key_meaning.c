#include <string.h>

#include "detect/fold.h"
#include "detect/key_meaning.h"
#include "detect/key_words.h"
#include "detect/likely.h"
#include "detect/shape.h"
#include "detect/text.h"

/* Numbers of digits too high for a name. */
enum { DATA_RUN = 5, DATA_DIGITS = 8, DATA_HEX = 16 };

static const char *const names[KEY_KINDS - (int)DETECT_KINDS] = { "ip", "name", "birth", "address",
    "geo", "device", "user" };

/* Last words that describe the value instead of naming it: phone_type. */
static const char heads[] =
    "|type|types|kind|count|total|length|size|flag|status|enabled|verified|required|valid|confirmed|"
    "format|version|model|os|platform|brand|class|score|color|unit|pattern|template|policy|mode|"
    "state|level|index|rank|hash|md|sha|consent|optin|provider|domain|carrier|sent|opened|clicked|"
    "subject|typ|art|anzahl|format|modell|estado|tipo|stato|status|rodzaj|liczba|genre|nombre de|"
    "category|group|groups|role|roles|plan|tier|segment|source|method|event|changed|limit|quality|"
    "accuracy|precision|checked|present|missing|url|link|schema|namespace|language|lang|country|"
    "currency|timeout|ttl|interval|result|outcome|reason|success|failed|failure|attempt|attempts|"
    "setting|settings|preference|preferences|permission|permissions|scope|rating|channel|browser|app|"
    "application|service|engine|family|prefix|suffix|verification|validation|network|program|tag|tags|"
    "label|feature|features|ratio|average|max|min|sum|limit|age group|statistics|stats|";

/* First words with the same role, in French, Spanish, Italian and Polish: tipo_usuario. */
static const char first_heads[] =
    "|type|tipo|typ|statut|estado|stato|status|rol|role|ruolo|rola|rodzaj|genre|grupo|groupe|gruppo|grupa|"
    "liczba|ilosc|anzahl|cantidad|quantita|total|totale|modele|modelo|modello|marque|langue|idioma|lingua|"
    "jezyk|categorie|categoria|kategoria|kategorie|classe|nivel|niveau|livello|poziom|is|has|count|";

const char *key_meaning_kind_name(unsigned kind)
{
    return kind < DETECT_KINDS ? detect_name((enum detect_kind)kind) : names[kind - DETECT_KINDS];
}

/*
 * entry_in(fold, entry, length, start, end):
 * Return true when an entry of key_words is in the key, with its last place from *start to *end.
 */
static bool entry_in(const struct fold *fold, const char *entry, size_t length, size_t *start,
    size_t *end)
{
    char word[FOLD_MOST] = "";
    size_t size = 0;
    bool open_start = entry[0] == '*';
    bool open_end = entry[length - 1] == '*';
    bool found = false;
    for (size_t i = 0; i < length && size < sizeof word; i++)
        if (entry[i] != ' ' && entry[i] != '*')
            word[size++] = entry[i];
    for (size_t at = 0; at + size <= fold->length; at++) {
        if (fold->text[at] != word[0] || memcmp(fold->text + at, word, size) != 0)
            continue;
        if ((open_start || fold->starts[at]) && (open_end || fold->starts[at + size])) {
            found = true;
            *start = at;
            *end = at + size;
        }
    }
    return found;
}

/* Return the end of the last place of an entry of the list in the key; 0 when none is there. */
static size_t list_in(const struct fold *fold, const char *entries, bool *alone)
{
    size_t last = 0;
    *alone = false;
    for (const char *entry = entries; *entry != '\0';) {
        size_t length = strcspn(entry, "|");
        size_t start;
        size_t end = 0;
        if (entry_in(fold, entry, length, &start, &end) && end > last)
            last = end;
        if (length == fold->length && memcmp(entry, fold->text, length) == 0)
            *alone = true;
        entry += length + (entry[length] == '|');
    }
    return last;
}

static bool is_listed(const char *list, const struct fold *fold, size_t start, size_t end)
{
    char word[FOLD_MOST + 3];
    size_t size = end - start;
    word[0] = '|';
    memcpy(word + 1, fold->text + start, size);
    memcpy(word + 1 + size, "|", 2);
    return strstr(list, word) != NULL;
}

/* Return true when the first or last of several words describes the value. */
static bool has_head(const struct fold *fold)
{
    size_t last = fold->length;
    size_t first = 1;
    while (last > 0 && !fold->starts[--last])
        continue;
    while (!fold->starts[first])
        first++;
    return last > 0 &&
        (is_listed(heads, fold, last, fold->length) || is_listed(first_heads, fold, 0, first));
}

/*
 * Return true for address_id, id_adresse: the number of an entry somewhere. For a user or a device
 * it is their own number.
 */
static bool is_of_entry(const struct fold *fold)
{
    static const char ids[] = "|id|ids|uuid|guid|key|";
    size_t last = fold->length;
    size_t first = 1;
    while (last > 0 && !fold->starts[--last])
        continue;
    while (!fold->starts[first])
        first++;
    return is_listed(ids, fold, last, fold->length) ||
        (first == 2 && is_listed(ids, fold, 0, first));
}

/* Erase the compounds, whose words have another meaning alone. */
static void erase_compounds(struct fold *fold)
{
    for (const char *entry = key_words_compounds; *entry != '\0';) {
        size_t length = strcspn(entry, "|");
        size_t start;
        size_t end;
        if (entry_in(fold, entry, length, &start, &end))
            memset(fold->text + start, '.', end - start);
        entry += length + (entry[length] == '|');
    }
}

/* Decide a key about a person and a thing by the word that is last. */
static void decide_subject(struct key_meaning *meaning, size_t person, size_t thing)
{
    if (person > 0 && thing > 0)
        meaning->traits &= ~(unsigned)(person >= thing ? KEY_THING | KEY_LASTING : KEY_PERSON);
}

/* Decide words of several meanings by the other words in the key. */
static void decide_kinds(struct key_meaning *meaning)
{
    const unsigned address = DETECT_BIT(KEY_ADDRESS);
    const unsigned name = DETECT_BIT(KEY_NAME);
    const unsigned user = DETECT_BIT(KEY_USER);
    const unsigned device = DETECT_BIT(KEY_DEVICE);
    const unsigned network = DETECT_BIT(KEY_IP) | DETECT_BIT(DETECT_EMAIL) | device;
    if ((meaning->kinds & network) != 0)
        meaning->kinds &= ~address;
    /* an attribute of a user is not the user: user_email, login_ip */
    if ((meaning->kinds & ~(meaning->weak | user)) != 0 || (meaning->weak & device) != 0)
        meaning->kinds &= ~user;
    /* user name, street name, contact phone; but "display name" */
    if ((meaning->weak & name) != 0 && meaning->kinds != name &&
        (meaning->kinds != (name | user) || (meaning->weak & user) == 0))
        meaning->kinds &= ~name;
    if ((meaning->kinds & DETECT_BIT(KEY_BIRTH)) != 0)
        meaning->traits &= ~(unsigned)KEY_TIME;
}

void key_meaning_read(const char *key, size_t length, struct key_meaning *meaning)
{
    struct fold fold;
    struct fold plain; /* without compounds */
    size_t person = 0;
    size_t thing = 0;
    unsigned strong = 0;
    bool named = false;
    const unsigned of_entries = DETECT_BIT(DETECT_PHONE) | DETECT_BIT(DETECT_CARD) |
        DETECT_BIT(DETECT_IBAN) | DETECT_BIT(KEY_NAME) | DETECT_BIT(KEY_BIRTH) |
        DETECT_BIT(KEY_ADDRESS) | DETECT_BIT(KEY_GEO);
    meaning->kinds = 0;
    meaning->weak = 0;
    meaning->traits = 0;
    fold_key(key, length, &fold);
    if (fold.length == 0)
        return;
    plain = fold;
    erase_compounds(&plain);
    for (size_t i = 0; i < key_words_count; i++) {
        bool of_persons = key_words[i].kinds != 0 || key_words[i].traits == KEY_PERSON;
        bool alone;
        size_t end = list_in(of_persons ? &plain : &fold, key_words[i].entries, &alone);
        if (end == 0 || (key_words[i].traits == KEY_ID && !alone))
            continue;
        meaning->kinds |= key_words[i].kinds;
        if ((key_words[i].traits & KEY_WEAK) == 0)
            strong |= key_words[i].kinds;
        meaning->traits |= key_words[i].traits;
        if (alone && key_words[i].kinds == DETECT_BIT(KEY_NAME) && key_words[i].traits == KEY_WEAK)
            meaning->traits |= KEY_BARE;
        named |= key_words[i].kinds == DETECT_BIT(KEY_NAME) && key_words[i].traits == KEY_WEAK;
        if ((key_words[i].traits & ~(unsigned)KEY_WEAK) == KEY_NOUN && end > person)
            person = end;
        if (key_words[i].traits == KEY_PERSON && end > person)
            person = end;
        if ((key_words[i].traits & KEY_THING) != 0 && end > thing)
            thing = end;
    }
    meaning->weak = meaning->kinds & ~strong;
    meaning->traits &= ~(unsigned)KEY_WEAK;
    if ((meaning->weak & DETECT_BIT(KEY_NAME)) == 0)
        meaning->traits &= ~(unsigned)KEY_NOUN;
    if (named) /* "customer": "Acme", but customer and name */
        meaning->traits &= ~(unsigned)KEY_NOUN;
    decide_subject(meaning, person, thing);
    decide_kinds(meaning);
    if (has_head(&fold))
        meaning->kinds = 0;
    if (is_of_entry(&fold))
        meaning->kinds &= ~of_entries;
    meaning->weak &= meaning->kinds;
}

bool key_meaning_is_data(const char *key, size_t length)
{
    size_t digits = 0;
    size_t run = 0;
    size_t longest = 0;
    size_t hex = 0;
    bool letters = false;
    if (length > FOLD_MOST)
        return true;
    for (size_t i = 0; i < length; i++) {
        bool digit = shape_is_digit(key[i]);
        digits += digit;
        run = digit ? run + 1 : 0;
        longest = run > longest ? run : longest;
        hex += shape_is_hex(key[i]);
        letters |= shape_is_letter(key[i]) || (unsigned char)key[i] >= 0x80;
    }
    if (longest >= DATA_RUN || digits >= DATA_DIGITS || (digits > 0 && !letters))
        return true;
    if (length >= DATA_HEX && hex == length && digits > 0)
        return true;
    return detect_kinds(key, length, DETECT_ALL) != DETECT_NONE || likely_person_key(key, length);
}
