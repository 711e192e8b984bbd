/*
 * registry.c
 *		Registers everything that scripts can call.
 *
 * Functions written in C come from the files that package_list.h names,
 * functions written in Flux from flux/ (*.flux), which the build turns into C
 * strings.  Nothing is parsed here: a package is looked into when a script
 * first asks for it.
 */
#include "postgres.h"

#include "evaluate/builtin.h"
#include "stdlib/embedded_sources.h"
#include "stdlib/registry.h"

void
flux_stdlib_register(void)
{
	static bool is_registered = false;

	if (is_registered)
		return;

#define X(name) flux_std_##name##_register();
#include "stdlib/package_list.h"
#undef X

	for (int i = 0; i < flux_embedded_source_count; i++)
		flux_builtin_register_source(flux_embedded_sources[i].package,
									 flux_embedded_sources[i].text);
	is_registered = true;
}
