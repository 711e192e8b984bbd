/*
 * registry.h
 *		Registers everything that scripts can call, package by package.
 *
 * A new file std_x.c defines flux_std_x_register(), which hands its static
 * array to flux_builtin_register(), and has its line in package_list.h.
 */
#ifndef FLUX_REGISTRY_H
#define FLUX_REGISTRY_H

/* Idempotent; called at the first script of a backend. */
extern void flux_stdlib_register(void);

/* One per file of the library; called by flux_stdlib_register() alone. */
#define X(name) extern void flux_std_##name##_register(void);
#include "stdlib/package_list.h"
#undef X

/* An array of FluxBuiltin, all of it. */
#define FLUX_REGISTER(builtins) flux_builtin_register(builtins, lengthof(builtins))

#endif /* FLUX_REGISTRY_H */
