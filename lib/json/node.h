#ifndef JSON_NODE_H
#define JSON_NODE_H

#include <stdint.h>

/* The node number that means no node, in a tree of paths (json/path.h). */
#define JSON_NO_NODE UINT32_MAX

#endif
