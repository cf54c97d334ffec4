public import ScriptReference

/// What a test sees in addition to what every script does.
public enum TestRows {
    public static var groups: [GroupDescription] { [globals, assertions, spies, spied, module, queue] }

    private static let body = ParameterDescription("body", .function, "What to run.")
    private static let name = ParameterDescription("name", .string, "What should hold, in words.")

    private static let globals = GroupDescription(
        "", type: "", "What a test file calls. Every test has a machine, a clock and a queue of its own.",
        functions: [
            FunctionDescription(
                "describe", [name, body], [], "Groups tests under a name; groups may be nested.", waits: false),
            FunctionDescription(
                "insulate", [ParameterDescription("name", .string, isOptional: true, "The group's name."), body], [],
                "A group whose changes to globals and loaded modules stay inside it.", waits: false),
            FunctionDescription(
                "it", [name, ParameterDescription("body", .function, isOptional: true, "The test.")], [],
                "A test; without a body it is pending.", waits: false),
            FunctionDescription(
                "pending", [ParameterDescription("name", .string, isOptional: true, "Why.")], [],
                "Instead of `it`, or within a test: the test is not run, or not run further, and counts neither way.",
                waits: false),
            FunctionDescription(
                "before_each", [body], [], "Runs before each test of its group, and of the groups in it.", waits: false
            ),
            FunctionDescription(
                "after_each", [body], [], "Runs after each test of its group, and of the groups in it.", waits: false),
            FunctionDescription(
                "setup", [body], [], "Runs before everything else of its group.",
                details: "Every test has a machine of its own, so it runs for each of them.", waits: false),
            FunctionDescription(
                "teardown", [body], [], "Runs after everything else of its group.",
                details: "Every test has a machine of its own, so it runs for each of them.", waits: false),
            FunctionDescription(
                "finally", [body], [], "Within a test: runs when the test's function has ended, however it did.",
                waits: false),
            FunctionDescription(
                "stub",
                [
                    ParameterDescription("target", .table, isOptional: true, "Where the function is."),
                    ParameterDescription("key", .any, isOptional: true, "Its name there."),
                    .rest("What it returns from now on, or one function to call instead."),
                ], [ResultDescription(.named("Spy"))],
                "Replaces a function by one that does nothing but remember its calls.", waits: false),
        ], module: "decart.test")

    private static let spies = GroupDescription(
        "spy", type: "Spies", "Functions that remember their calls, for `assert.spy`.",
        functions: [
            FunctionDescription(
                "on",
                [
                    ParameterDescription("target", .table, "Where the function is."),
                    ParameterDescription("key", .any, "Its name there."),
                ], [ResultDescription(.named("Spy"))], "Replaces a function by a spy that calls it.", waits: false),
            FunctionDescription(
                "new", [ParameterDescription("fn", .function, isOptional: true, "What it calls.")],
                [ResultDescription(.named("Spy"))], "A spy of its own.", waits: false),
            FunctionDescription(
                "is_spy", [ParameterDescription("value", .any, isOptional: true)], [ResultDescription(.boolean)],
                "Whether it is a spy or a stub.", waits: false),
        ], module: "decart.test")

    private static let spied = GroupDescription(
        "spied", isObject: true, type: "Spy", "A spy or a stub, which is called like the function it stands for.",
        fields: [
            FieldDescription("calls", .list(.table), "One table a call, with the arguments in `vals` and `refs`."),
            FieldDescription(
                "returnvals", .list(.table), "One table a call that returned, with the results in `vals` and `refs`."),
        ],
        functions: [
            FunctionDescription("clear", [], [ResultDescription(.named("Spy"))], "Forgets its calls.", waits: false),
            FunctionDescription(
                "revert", [], [ResultDescription(.any, isOptional: true, "The function.")],
                "Puts the function it replaced back.", waits: false),
        ], module: "decart.test")

    private static let assertions: GroupDescription = {
        let own = ParameterDescription("message", .string, isOptional: true, "The message to use instead.")
        func check(_ name: String, _ parameters: [ParameterDescription], _ summary: String) -> FunctionDescription {
            FunctionDescription(name, parameters + [own], [], summary, waits: false)
        }
        let expected = ParameterDescription("expected", .any, isOptional: true)
        let got = ParameterDescription("got", .any, isOptional: true)
        let called = ParameterDescription("fn", .function, "What is called.")
        return GroupDescription(
            "assert", type: "Assertions",
            "Lua's own `assert`, and a table of assertions, which take words such as `is_`, `are.` and `not_`.",
            functions: [
                check("equal", [expected, got], "Both are the same value, as `==` compares them."),
                check("same", [expected, got], "Both are equal, all the way down."),
                check(
                    "near", [expected, got, ParameterDescription("tolerance", .number)],
                    "Both are numbers, no further apart than the tolerance."),
                check("matches", [ParameterDescription("pattern", .string), got], "The text matches the Lua pattern."),
                check("truthy", [got], "Neither false nor nil."),
                check("falsy", [got], "False or nil."),
                FunctionDescription(
                    "error",
                    [
                        called,
                        ParameterDescription(
                            "expected", .any, isOptional: true, "Part of its message, its code, or some fields."),
                        own,
                    ], [ResultDescription(.any, "The error.")], "The function raises an error.", waits: false),
                FunctionDescription(
                    "error_matches", [called, ParameterDescription("pattern", .string, "A Lua pattern.")],
                    [ResultDescription(.any, "The error.")],
                    "The function raises an error whose message matches the pattern.", waits: false),
                FunctionDescription(
                    "spy", [ParameterDescription("spy", .named("Spy"), "A spy or a stub.")],
                    [ResultDescription(.table, "`called`, `called_with`, `returned_with`, `called_at_least`, …")],
                    "What to hold against a spy's calls: `assert.spy(s).was.called(2)`.", waits: false),
            ], module: "decart.test")
    }()

    private static let module = GroupDescription(
        "decart.test", type: "Test", "The queue, the output and the script of a test.",
        functions: [
            FunctionDescription(
                "queue",
                [ParameterDescription("jobs", .table, "What becomes of each job, in the order of the submits.")],
                [ResultDescription(.named("TestQueue"))],
                "Decides what the queue does, and returns it, to ask what it has seen.",
                waits: false),
            FunctionDescription(
                "script",
                [
                    ParameterDescription("path", .string, "Relative to the test's folder, or else to the current one."),
                    .rest("Its arguments."),
                ],
                [ResultDescription(.integer, "Its exit status.")],
                "Runs a script to its end, or until it calls `os.exit`.", waits: true),
            FunctionDescription("settle", [], [], "Waits until no other task and no timer is left.", waits: true),
            FunctionDescription(
                "output", [], [ResultDescription(.string)], "Everything that was printed so far.", waits: false),
            FunctionDescription(
                "lines", [], [ResultDescription(.list(.string))], "The same, line by line.", waits: false),
        ], module: "decart.test")

    private static let queue: GroupDescription = {
        let id = ParameterDescription("id", .string, isOptional: true, "Only for this job.")
        return GroupDescription(
            "testQueue", isObject: true, type: "TestQueue", "The queue of a test, and what it has seen.",
            functions: [
                FunctionDescription(
                    "jobs", [], [ResultDescription(.table)],
                    "Every job: `job_id`, `number`, `model`, `inputs`, `files`, `time`.", waits: false),
                FunctionDescription(
                    "ids", [], [ResultDescription(.list(.string))], "The ids that it gave out.", waits: false),
                FunctionDescription(
                    "requests", [id], [ResultDescription(.table)],
                    "Every request: `time`, `method`, `path`, `call`, `job_id`, `status`.", waits: false),
                FunctionDescription(
                    "looks", [id], [ResultDescription(.list(.number))], "When each poll came, in milliseconds.",
                    waits: false),
            ], module: "decart.test")
    }()
}
