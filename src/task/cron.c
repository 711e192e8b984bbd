/*
 * cron.c
 *		Reads a cron expression into bit sets and finds the next match.
 *
 * Every field becomes a set of bits.  The search walks years, months and days
 * with those sets and looks at the time of day last, so an expression that
 * matches on one day in four years costs some thousand bit tests, and one that
 * never matches (31 February) ends when the years do.
 */
#include "postgres.h"

#include "common/string.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"

#include "task/cron.h"

typedef struct CronField
{
	const char *name;
	int min;
	int max;
	const char *const *names; /* names of min, min + 1 ... or NULL */
} CronField;

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
										  "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const day_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

enum
{
	FIELD_SECOND,
	FIELD_MINUTE,
	FIELD_HOUR,
	FIELD_MONTH_DAY,
	FIELD_MONTH,
	FIELD_WEEK_DAY,
	FIELD_YEAR,
	FIELD_COUNT
};

static const CronField fields[FIELD_COUNT] = {
	{"second", 0, 59, NULL},
	{"minute", 0, 59, NULL},
	{"hour", 0, 23, NULL},
	{"day of month", 1, 31, NULL},
	{"month", 1, 12, month_names},
	{"day of week", 0, 6, day_names},
	{"year", FLUX_CRON_YEAR_MIN, FLUX_CRON_YEAR_MAX, NULL},
};

static const struct
{
	const char *macro;
	const char *expression;
} macros[] = {
	{"@yearly", "0 0 0 1 1 *"}, {"@annually", "0 0 0 1 1 *"},     {"@monthly", "0 0 0 1 * *"},
	{"@weekly", "0 0 0 * * 0"}, {"@daily", "0 0 0 * * *"},        {"@midnight", "0 0 0 * * *"},
	{"@hourly", "0 0 * * * *"}, {"@every_minute", "0 * * * * *"}, {"@every_second", "* * * * * *"},
};

/* A set of the values min..max of one field, bit 0 = min. */
typedef struct ValueSet
{
	uint64 bits[3];
} ValueSet;

static void
set_add(ValueSet *set, int index)
{
	set->bits[index / 64] |= UINT64CONST(1) << (index % 64);
}

/*
 * Reads a number or a name at *cursor and moves past it.  "is_range_end" lets
 * a day of week be 7, meaning 6, as InfluxDB's parser does.
 */
static const char *
parse_value(const CronField *field, const char **cursor, bool is_range_end, int *value)
{
	const char *start = *cursor;
	const char *at = start;

	if (*at >= '0' && *at <= '9')
	{
		int number = 0;

		for (; *at >= '0' && *at <= '9'; at++)
		{
			number = number * 10 + (*at - '0');
			if (number > 9999)
				return psprintf("%s is out of range", field->name);
		}
		if (field == &fields[FIELD_WEEK_DAY] && number == 7 && is_range_end)
			number = 6;
		if (number < field->min || number > field->max)
			return psprintf("%s %d is not between %d and %d", field->name, number, field->min,
							field->max);
		*value = number;
		*cursor = at;
		return NULL;
	}
	while ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z'))
		at++;
	if (field->names != NULL && at > start)
	{
		for (int i = 0; field->names[i] != NULL; i++)
		{
			if (at - start == 3 && pg_strncasecmp(start, field->names[i], 3) == 0)
			{
				*value = field->min + i;
				*cursor = at;
				return NULL;
			}
		}
	}
	if (at == start && *at != '\0')
		at++;
	return psprintf("%s has \"%.*s\" where a value should be", field->name, (int) (at - start),
					start);
}

/* One item of a list: "*", "a", "a-b", each with an optional "/step". */
static const char *
parse_item(const CronField *field, const char **cursor, ValueSet *set)
{
	int first;
	int last;
	int step = 1;
	const char *reason;

	if (**cursor == '*')
	{
		(*cursor)++;
		first = field->min;
		last = field->max;
	}
	else
	{
		bool has_end = false;

		if ((reason = parse_value(field, cursor, false, &first)) != NULL)
			return reason;
		last = first;
		if (**cursor == '-')
		{
			(*cursor)++;
			if ((reason = parse_value(field, cursor, true, &last)) != NULL)
				return reason;
			if (last < first)
				return psprintf("%s range ends before it begins", field->name);
			has_end = true;
		}
		if (**cursor == '/' && !has_end)
			last = field->max; /* "a/n": from a on */
	}
	if (**cursor == '/')
	{
		const char *at = ++(*cursor);

		for (step = 0; *at >= '0' && *at <= '9' && step <= 9999; at++)
			step = step * 10 + (*at - '0');
		if (at == *cursor || step < 1 || step > 9999)
			return psprintf("%s step must be a number of at least 1", field->name);
		*cursor = at;
	}
	for (int value = first; value <= last; value += step)
		set_add(set, value - field->min);
	return NULL;
}

/* One whole field, the bytes of "text". */
static const char *
parse_field(const CronField *field, const char *text, ValueSet *set)
{
	const char *cursor = text;
	const char *reason;

	memset(set, 0, sizeof(*set));
	for (;;)
	{
		if ((reason = parse_item(field, &cursor, set)) != NULL)
			return reason;
		if (*cursor == '\0')
			return NULL;
		if (*cursor != ',')
			return psprintf("%s has unexpected \"%s\"", field->name, cursor);
		cursor++;
	}
}

/* "@every 1h30m"; "hr" is another spelling of "h". */
static const char *
parse_every(FluxCron *cron, const char *text)
{
	char *duration = pstrdup(text);
	char *hr;
	int size;

	while (isspace((unsigned char) *duration))
		duration++;
	for (size = strlen(duration); size > 0 && isspace((unsigned char) duration[size - 1]); size--)
		duration[size - 1] = '\0';
	while ((hr = strstr(duration, "hr")) != NULL)
		memmove(hr + 1, hr + 2, strlen(hr + 2) + 1);
	if (*duration == '-' || !flux_duration_parse(flux_text_from_cstring(duration), &cron->every))
		return psprintf("\"%s\" is not a duration", text);
	cron->is_every = true;
	return NULL;
}

static const char *
parse_fields(FluxCron *cron, const char *text)
{
	char *copy = pstrdup(text);
	char *words[FIELD_COUNT];
	int count = 0;
	char *state = NULL;
	ValueSet sets[FIELD_COUNT];

	for (char *word = strtok_r(copy, " \t\r\n", &state); word != NULL;
		 word = strtok_r(NULL, " \t\r\n", &state))
	{
		if (count == FIELD_COUNT)
			return "expected 5, 6 or 7 fields, found more";
		words[count++] = word;
	}
	if (count < 5)
		return psprintf("expected 5, 6 or 7 fields, found %d", count);

	for (int i = 0; i < FIELD_COUNT; i++)
	{
		const char *word;
		const char *reason;

		if (i == FIELD_SECOND)
			word = count == 5 ? "0" : words[0];
		else if (i == FIELD_YEAR)
			word = count == 7 ? words[6] : "*";
		else
			word = words[count == 5 ? i - 1 : i];
		if ((reason = parse_field(&fields[i], word, &sets[i])) != NULL)
			return reason;
		if (i == FIELD_HOUR)
			cron->is_every_hour = word[0] == '*';
	}
	cron->seconds = sets[FIELD_SECOND].bits[0];
	cron->minutes = sets[FIELD_MINUTE].bits[0];
	cron->hours = (uint32) sets[FIELD_HOUR].bits[0];
	cron->month_days = (uint32) (sets[FIELD_MONTH_DAY].bits[0] << 1);
	cron->months = (uint32) (sets[FIELD_MONTH].bits[0] << 1);
	cron->week_days = (uint32) sets[FIELD_WEEK_DAY].bits[0];
	memcpy(cron->years, sets[FIELD_YEAR].bits, sizeof(cron->years));
	return NULL;
}

const char *
flux_cron_parse(FluxCron *cron, const char *text)
{
	memset(cron, 0, sizeof(*cron));
	while (isspace((unsigned char) *text))
		text++;
	if (*text == '\0')
		return "it is empty";
	if (*text != '@')
		return parse_fields(cron, text);
	if (pg_strncasecmp(text, "@every", 6) == 0 && isspace((unsigned char) text[6]))
		return parse_every(cron, text + 6);
	for (int i = 0; i < lengthof(macros); i++)
	{
		size_t size = strlen(macros[i].macro);

		if (pg_strncasecmp(text, macros[i].macro, size) == 0 &&
			strspn(text + size, " \t\r\n") == strlen(text + size))
			return parse_fields(cron, macros[i].expression);
	}
	return psprintf("unknown macro \"%s\"", text);
}

/* The least set bit >= from, or -1. */
static int
next_bit(uint64 bits, int from)
{
	if (from > 63)
		return -1;
	bits &= ~UINT64CONST(0) << from;
	return bits == 0 ? -1 : pg_rightmost_one_pos64(bits);
}

/* The least matching second of a day that is >= from, or -1. */
static int
next_second_of_day(const FluxCron *cron, int from)
{
	int hour = from / 3600;
	int minute = from / 60 % 60;
	int second = from % 60;

	for (hour = next_bit(cron->hours, hour); hour >= 0; hour = next_bit(cron->hours, hour + 1))
	{
		if (hour > from / 3600)
			minute = second = 0;
		for (minute = next_bit(cron->minutes, minute); minute >= 0;
			 minute = next_bit(cron->minutes, minute + 1))
		{
			int match;

			if (hour > from / 3600 || minute > from / 60 % 60)
				second = 0;
			match = next_bit(cron->seconds, second);
			if (match >= 0)
				return hour * 3600 + minute * 60 + match;
		}
	}
	return -1;
}

static bool
year_matches(const FluxCron *cron, int year)
{
	int index = year - FLUX_CRON_YEAR_MIN;

	return (cron->years[index / 64] >> (index % 64) & 1) != 0;
}

static int
days_in_month(int year, int month)
{
	return (int) (flux_days_from_civil(month == 12 ? year + 1 : year, month % 12 + 1, 1) -
				  flux_days_from_civil(year, month, 1));
}

bool
flux_cron_next(const FluxCron *cron, int64 after_s, int64 *match_s)
{
	int64 from_s = Max(after_s + 1, 0);
	int64 from_day = from_s / SECS_PER_DAY;
	FluxCivilTime civil;
	int year;
	int month;
	int month_day;

	if (from_s >= flux_days_from_civil(FLUX_CRON_YEAR_MAX + 1, 1, 1) * SECS_PER_DAY)
		return false;
	civil = flux_time_to_civil(from_s * FLUX_NS_PER_SECOND);
	year = (int) civil.year;
	month = civil.month;
	month_day = civil.day;

	for (; year <= FLUX_CRON_YEAR_MAX; year++, month = 1, month_day = 1)
	{
		if (!year_matches(cron, year))
			continue;
		for (; month <= 12; month++, month_day = 1)
		{
			int64 first_day;
			int month_days;

			if ((cron->months >> month & 1) == 0)
				continue;
			CHECK_FOR_INTERRUPTS();
			first_day = flux_days_from_civil(year, month, 1);
			month_days = days_in_month(year, month);
			for (; month_day <= month_days; month_day++)
			{
				int64 day = first_day + month_day - 1;
				int second;

				/* 1970-01-01 was a Thursday */
				if ((cron->month_days >> month_day & 1) == 0 ||
					(cron->week_days >> ((day + 4) % 7) & 1) == 0)
					continue;
				second = next_second_of_day(
					cron, day == from_day ? (int) (from_s - day * SECS_PER_DAY) : 0);
				if (second >= 0)
				{
					*match_s = day * SECS_PER_DAY + second;
					return true;
				}
			}
		}
	}
	return false;
}
