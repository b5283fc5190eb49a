#ifndef SQS_LAMBDA_BESIDE_H
#define SQS_LAMBDA_BESIDE_H

enum { BESIDE_SIZE = 4096 };

/*
 * beside_own(name, path):
 * Return the program to run for a name: the file of that name in the folder of this program, with
 * its path in ${path}. When there is none, or ${name} is a path, return ${name} itself, to look up
 * in PATH.
 */
const char *beside_own(const char *name, char path[BESIDE_SIZE]);

#endif
