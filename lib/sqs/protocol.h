#ifndef SQS_PROTOCOL_H
#define SQS_PROTOCOL_H

/* The two protocols of SQS; the differences are in protocol_*.h and answer_*.h. */
enum protocol {
    PROTOCOL_QUERY, /* forms and XML, which every emulator of SQS supports */
    PROTOCOL_JSON   /* AWS JSON 1.0 */
};

#endif
