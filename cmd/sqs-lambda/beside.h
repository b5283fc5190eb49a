#ifndef SQS_LAMBDA_BESIDE_H
#define SQS_LAMBDA_BESIDE_H

enum { BESIDE_SIZE = 4096 };

/*
 * beside_own(name, path):
 * What to run for the name of a program: the one in the folder that this program is in, its path in
 * ${path}; else, and where it is no mere name, ${name} itself, to be looked up in PATH.
 */
const char *beside_own(const char *name, char path[BESIDE_SIZE]);

#endif
