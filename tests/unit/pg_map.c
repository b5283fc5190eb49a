#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "pg/map.h"

static int parse(const char *text, struct pg_map *map, struct pg_map_problem *problem)
{
    return pg_map_parse(text, strlen(text), map, problem);
}

static void reads_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *column;
        const char *expression;
        size_t pipe;
        bool required;
    } cases[] = {
        { "a .body.a", "a", ".body.a", SIZE_MAX, false },
        { "  a\t .body.a \t ", "a", ".body.a", SIZE_MAX, false },
        { "a .body.a !", "a", ".body.a", SIZE_MAX, true },
        { "a .body.a!\r\n", "a", ".body.a", SIZE_MAX, true },
        { "a .body.a | tostring !", "a", ".body.a | tostring", 8, true },
        { "a .a|.b|.c", "a", ".a|.b|.c", 2, false },
        { "\"Odd \"\"name\" .x", "Odd \"name", ".x", SIZE_MAX, false },
        { "\"x\" .y", "x", ".y", SIZE_MAX, false },
        { "a .x # why !", "a", ".x", SIZE_MAX, false },
        { "a .x ! # why", "a", ".x", SIZE_MAX, true },
        { "a .\"#\"", "a", ".\"#\"", SIZE_MAX, false },
        { "a (.x | .y) | .z", "a", "(.x | .y) | .z", 10, false },
        { "a [.x | .y]", "a", "[.x | .y]", SIZE_MAX, false },
        { "a {b: .x | .y}", "a", "{b: .x | .y}", SIZE_MAX, false },
        { "a \"|\" + .x", "a", "\"|\" + .x", SIZE_MAX, false },
        { "a \"\\\"|\\(.x | \")\" )|\" | .", "a", "\"\\\"|\\(.x | \")\" )|\" | .", 19, false },
        { "a .x |= 1", "a", ".x |= 1", SIZE_MAX, false },
        { "a .x != 1", "a", ".x != 1", SIZE_MAX, false },
        { "# nothing\n\n   \n  # more\na .x\n", "a", ".x", SIZE_MAX, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pg_map map;
        struct pg_map_problem problem;
        assert_int_equal(parse(cases[i].text, &map, &problem), 0);
        assert_int_equal(map.count, 1);
        assert_string_equal(map.lines[0].column, cases[i].column);
        assert_string_equal(map.lines[0].expression, cases[i].expression);
        assert_int_equal(map.lines[0].pipe, cases[i].pipe);
        assert_int_equal(map.lines[0].required, cases[i].required);
        pg_map_free(&map);
    }
}

static void counts_lines_and_columns(void **state)
{
    (void)state;
    struct pg_map map;
    struct pg_map_problem problem;
    assert_int_equal(parse("# one\na .x\n\n  bc   .y | .z", &map, &problem), 0);
    assert_int_equal(map.count, 2);
    assert_int_equal(map.lines[0].line, 2);
    assert_int_equal(map.lines[0].column_at, 1);
    assert_int_equal(map.lines[0].expression_at, 3);
    assert_int_equal(map.lines[1].line, 4);
    assert_int_equal(map.lines[1].column_at, 3);
    assert_int_equal(map.lines[1].expression_at, 8);
    assert_int_equal(map.lines[1].pipe, 3);
    pg_map_free(&map);
}

static void points_at_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        unsigned column;
    } cases[] = {
        { "a", 1, 2 },
        { "a .x\nb  \n", 2, 4 },
        { "a !", 1, 3 },
        { "a # .x", 1, 3 },
        { "\"a .x", 1, 1 },
        { "\"\" .x", 1, 1 },
        { "\"a\".x", 1, 4 },
        { "a .x\n b .y\n  a .z", 3, 3 },
        { "a (.x", 1, 3 },
        { "a .x)", 1, 5 },
        { "a (.x]", 1, 6 },
        { "a .x + \"y", 1, 8 },
        { "a \"\\(.x\"", 1, 8 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pg_map map;
        struct pg_map_problem problem;
        assert_int_equal(parse(cases[i].text, &map, &problem), -1);
        assert_int_equal(map.count, 0);
        assert_int_equal(problem.line, cases[i].line);
        assert_int_equal(problem.column, cases[i].column);
        assert_non_null(problem.what);
    }
}

static void refuses_nul_and_depth(void **state)
{
    (void)state;
    struct pg_map map;
    struct pg_map_problem problem;
    assert_int_equal(pg_map_parse("a .x\0y", 6, &map, &problem), -1);
    assert_int_equal(problem.column, 5);
    assert_int_equal(pg_map_parse("a \"\\\0\" | .x", 11, &map, &problem), -1);
    assert_int_equal(problem.column, 5);
    assert_int_equal(pg_map_parse("a\0b .x", 6, &map, &problem), -1);
    assert_int_equal(pg_map_parse("\"a\0b\" .x", 8, &map, &problem), -1);
    char deep[256] = "a ";
    memset(deep + 2, '(', 65);
    assert_int_equal(parse(deep, &map, &problem), -1);
    assert_int_equal(problem.column, 67);
    memset(deep + 2, '(', 64);
    memset(deep + 66, ')', 64);
    assert_int_equal(parse(deep, &map, &problem), 0);
    pg_map_free(&map);
    assert_int_equal(parse("", &map, &problem), 0);
    assert_int_equal(map.count, 0);
}

static void reads_one_expression(void **state)
{
    (void)state;
    struct pg_map_line line;
    struct pg_map_problem problem;
    assert_int_equal(pg_map_expression(" .body.id | .x ", 15, &line, &problem), 0);
    assert_string_equal(line.expression, ".body.id | .x");
    assert_int_equal(line.pipe, 9);
    pg_map_line_free(&line);
    assert_int_equal(pg_map_expression("", 0, &line, &problem), -1);
    assert_int_equal(pg_map_expression("(", 1, &line, &problem), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lines),
        cmocka_unit_test(counts_lines_and_columns),
        cmocka_unit_test(points_at_mistakes),
        cmocka_unit_test(refuses_nul_and_depth),
        cmocka_unit_test(reads_one_expression),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
