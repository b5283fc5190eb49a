#ifndef JSON_NODE_H
#define JSON_NODE_H

#include <stdint.h>

/* The number of a node of a tree of paths (json/path.h), where there is none. */
#define JSON_NO_NODE UINT32_MAX

#endif
