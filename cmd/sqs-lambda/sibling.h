#ifndef SQS_LAMBDA_SIBLING_H
#define SQS_LAMBDA_SIBLING_H

enum { SIBLING_SIZE = 4096 };

/*
 * sibling_program(name, path):
 * Return the program to run for a name: the file of that name in the folder of this program, with
 * its path in ${path}. When there is none, or ${name} is a path, return ${name} itself, to look up
 * in PATH.
 */
const char *sibling_program(const char *name, char path[SIBLING_SIZE]);

#endif
