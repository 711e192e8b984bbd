/*
 * ast_list.h
 *		Every kind of AST node: X(ENUM_SUFFIX, StructSuffix).
 *
 * The struct of X(CALL_EXPRESSION, CallExpression) is FluxCallExpression, its
 * kind FLUX_AST_CALL_EXPRESSION, and its name in JSON "CallExpression".
 */

/* no include guard: included with several X */
X(PACKAGE, Package)
X(FILE, File)
X(PACKAGE_CLAUSE, PackageClause)
X(IMPORT_DECLARATION, ImportDeclaration)

/* statements */
X(EXPRESSION_STATEMENT, ExpressionStatement)
X(VARIABLE_ASSIGNMENT, VariableAssignment)
X(MEMBER_ASSIGNMENT, MemberAssignment)
X(OPTION_STATEMENT, OptionStatement)
X(RETURN_STATEMENT, ReturnStatement)
X(BUILTIN_STATEMENT, BuiltinStatement)
X(TEST_CASE_STATEMENT, TestCaseStatement)
X(BAD_STATEMENT, BadStatement)
X(BLOCK, Block)

/* expressions */
X(IDENTIFIER, Identifier)
X(STRING_LITERAL, StringLiteral)
X(INTEGER_LITERAL, IntegerLiteral)
X(FLOAT_LITERAL, FloatLiteral)
X(DURATION_LITERAL, DurationLiteral)
X(DATE_TIME_LITERAL, DateTimeLiteral)
X(REGEXP_LITERAL, RegexpLiteral)
X(PIPE_LITERAL, PipeLiteral)
X(LABEL_LITERAL, LabelLiteral)
X(STRING_EXPRESSION, StringExpression)
X(TEXT_PART, TextPart)
X(INTERPOLATED_PART, InterpolatedPart)
X(ARRAY_EXPRESSION, ArrayExpression)
X(DICT_EXPRESSION, DictExpression)
X(DICT_ITEM, DictItem)
X(OBJECT_EXPRESSION, ObjectExpression)
X(PROPERTY, Property)
X(FUNCTION_EXPRESSION, FunctionExpression)
X(CALL_EXPRESSION, CallExpression)
X(PIPE_EXPRESSION, PipeExpression)
X(MEMBER_EXPRESSION, MemberExpression)
X(INDEX_EXPRESSION, IndexExpression)
X(BINARY_EXPRESSION, BinaryExpression)
X(LOGICAL_EXPRESSION, LogicalExpression)
X(UNARY_EXPRESSION, UnaryExpression)
X(CONDITIONAL_EXPRESSION, ConditionalExpression)
X(PAREN_EXPRESSION, ParenExpression)
X(BAD_EXPRESSION, BadExpression)

/* type expressions */
X(TYPE_EXPRESSION, TypeExpression)
X(TYPE_CONSTRAINT, TypeConstraint)
X(NAMED_TYPE, NamedType)
X(TVAR_TYPE, TvarType)
X(ARRAY_TYPE, ArrayType)
X(STREAM_TYPE, StreamType)
X(VECTOR_TYPE, VectorType)
X(DICT_TYPE, DictType)
X(DYNAMIC_TYPE, DynamicType)
X(RECORD_TYPE, RecordType)
X(PROPERTY_TYPE, PropertyType)
X(FUNCTION_TYPE, FunctionType)
X(PARAMETER_TYPE, ParameterType)
X(LABEL_TYPE, LabelType)
