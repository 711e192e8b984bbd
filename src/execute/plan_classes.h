/*
 * plan_classes.h
 *		The plan classes of all transformations that execute implements.
 *
 * stdlib/std_transformations.c binds them to names of the library.
 */
#ifndef FLUX_PLAN_CLASSES_H
#define FLUX_PLAN_CLASSES_H

#include "plan/plan_node.h"

#define X(name) extern const FluxPlanClass flux_plan_##name;
#include "execute/plan_class_list.h"
#undef X

#endif /* FLUX_PLAN_CLASSES_H */
