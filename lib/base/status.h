#ifndef BASE_STATUS_H
#define BASE_STATUS_H

/*
 * Exit statuses of every program (sqs2pg(7), EXIT STATUS). Numbers from 64 on are those of
 * sysexits.h, so that a supervisor can tell "fix it" from "run it again".
 */
enum status {
    STATUS_OK = 0,           /* all done; a quarantined record is done */
    STATUS_PARTIAL = 1,      /* finished, but some records were rejected or not deleted */
    STATUS_USAGE = 64,       /* the command line is wrong */
    STATUS_DATA = 65,        /* reject limit reached, or the input as a whole unusable */
    STATUS_UNAVAILABLE = 69, /* refused for good: no such queue or table, access denied */
    STATUS_INTERNAL = 70,    /* a fault of the program itself, or out of memory */
    STATUS_IO = 74,          /* input or output failed */
    STATUS_TEMPORARY = 75,   /* a temporary failure outlasted the retries */
    STATUS_PERMISSION = 77,  /* a key file or map that others may read or write */
    STATUS_CONFIG = 78       /* a key, policy, map or configuration file is wrong */
};

#endif
