/*
 * registry.h
 *		Registers everything that scripts can call, package by package.
 */
#ifndef FLUX_REGISTRY_H
#define FLUX_REGISTRY_H

/* Idempotent; called at the first script of a backend. */
extern void flux_stdlib_register(void);

#endif							/* FLUX_REGISTRY_H */
