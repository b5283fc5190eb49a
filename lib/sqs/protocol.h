#ifndef SQS_PROTOCOL_H
#define SQS_PROTOCOL_H

/* The two protocols that SQS speaks; what differs is in protocol_*.h and answer_*.h. */
enum protocol {
    PROTOCOL_QUERY, /* forms and XML, which every stand-in of SQS knows */
    PROTOCOL_JSON   /* AWS JSON 1.0 */
};

#endif
