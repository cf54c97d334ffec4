internal import ScriptReference

// What is written in Lua, in the files beside `prelude.lua`, has its rows here.
extension ScriptRuntime {
    static func togetherRows() -> [ScriptFunction] {
        let function = ParameterDescription("fn", .function, "What is called.")
        let rest = ParameterDescription.rest("Passed to `fn`.")
        let all = ResultDescription(.any, isOptional: true, "All that `fn` returned.")
        let list = ParameterDescription(
            "list", .list(.either([.function, .named("Task")])), "Functions, each to be run as a task, or tasks.")
        let results = ResultDescription(.table, "In the order of the list; `n` is how many.")
        return [
            .inLua(
                "all", "Waits for all of them and returns the first value of each.", [list], gives: [results],
                waits: true, details: "The first error cancels the rest and is raised."),
            .inLua(
                "allSettled", "Waits for all of them, whether they succeed or fail.", [list],
                gives: [ResultDescription(.list(.named("Settled")), "In the order of the list; `n` is how many.")],
                waits: true),
            .inLua(
                "race", "Waits for the first of them to end, whichever way, and cancels the rest.", [list],
                gives: [ResultDescription(.any, "The first value of the first to end.")], waits: true),
            .inLua(
                "any",
                "Waits for the first of them to succeed and cancels the rest; raises the last error if all fail.",
                [list], gives: [ResultDescription(.any, "The first value of the first to succeed.")], waits: true),
            .inLua(
                "map", "Calls a function for each item, several at a time.",
                [
                    ParameterDescription("list", .table, "The items, from 1 to `n` or `#list`."),
                    ParameterDescription(
                        "fn", .function([ParameterDescription("item", .any)]), "Called with each item."),
                    ParameterDescription(
                        "options",
                        .options([
                            OptionDescription(
                                "concurrency", .integer(atLeast: 1), unlessGiven: "all",
                                "How many calls are under way at a time.")
                        ]), isOptional: true),
                ], gives: [results], waits: true, details: "The first error cancels the rest and is raised."),
            .inLua(
                "timeout", "Calls a function and raises `TIMEOUT` if that takes too long.",
                [ParameterDescription("ms", .number(unit: .milliseconds), "How long at most."), function, rest],
                gives: [all], waits: true),
            .inLua(
                "shield",
                "Calls a function whose waits a cancellation does not reach; the grace period of 5 seconds still counts.",
                [function, rest], gives: [all], waits: true),
        ]
    }

    static func queueRows() -> [ScriptFunction] {
        [
            .inLua(
                "semaphore", "Makes a semaphore, which lets so many in at a time.",
                [ParameterDescription("n", .integer(atLeast: 0), "How many permits there are.")],
                gives: [ResultDescription(.named("Semaphore"))]),
            .inLua(
                "channel", "Makes a channel, through which tasks hand values to one another in order.",
                [
                    ParameterDescription(
                        "n", .integer(atLeast: 0), isOptional: true,
                        "How many values it holds before `send` waits; 0 unless given.")
                ], gives: [ResultDescription(.named("Channel"))]),
        ]
    }

    static func abortRows() -> [ScriptFunction] {
        [
            .inLua(
                "abortController", "Makes a controller, whose signal cancels the calls that it is given to.",
                gives: [ResultDescription(.named("AbortController"))])
        ]
    }

    static func queueGroups() -> [ScriptGroup] {
        [
            ScriptGroup(
                GroupDescription("semaphore", isObject: true, type: "Semaphore", "What `decart.semaphore` returns."),
                [
                    .inLua("acquire", "Takes a permit, and waits until there is one.", waits: true),
                    .inLua("release", "Gives a permit back."),
                    .inLua(
                        "with", "Calls a function with a permit, which is given back however the function ends.",
                        [ParameterDescription("fn", .function, "What is called."), .rest("Passed to `fn`.")],
                        gives: [ResultDescription(.any, isOptional: true, "All that `fn` returned.")], waits: true),
                ]),
            ScriptGroup(
                GroupDescription("channel", isObject: true, type: "Channel", "What `decart.channel` returns."),
                [
                    .inLua(
                        "send", "Hands a value on; waits while the channel is full.",
                        [ParameterDescription("value", .any, "Anything but nil.")], waits: true,
                        details: "On a closed channel it is an error."),
                    .inLua(
                        "receive", "Takes the next value; waits until there is one.",
                        gives: [ResultDescription(.any, isOptional: true, "nil when it is closed and empty.")],
                        waits: true),
                    .inLua("close", "Ends the channel: what is in it can still be received."),
                    .inLua(
                        "iter", "For a `for` loop over the values until the channel is closed and empty.",
                        gives: [ResultDescription(.function)]),
                ]),
            ScriptGroup(
                GroupDescription(
                    "controller", isObject: true, type: "AbortController", "What `decart.abortController` returns.",
                    fields: [FieldDescription("signal", .signal, "To be passed as the option `signal` of calls.")]),
                [
                    .inLua(
                        "abort", "Cancels every call that was given the signal, now and later.",
                        [ParameterDescription("reason", .any, isOptional: true, "Goes into the errors' `cause`.")])
                ]),
        ]
    }

    static let records = [
        execResult,
        RecordDescription(
            "Settled", "How a task ended, as `decart.allSettled` tells.",
            fields: [
                FieldDescription("status", .choice(["fulfilled", "rejected"]), "Whether it returned or failed."),
                FieldDescription("value", .any, isOptional: true, "The first value that it returned."),
                FieldDescription("reason", .any, isOptional: true, "The error that it failed with."),
            ]),
        RecordDescription(
            "Signal", "The signal of an `abortController`.",
            fields: [
                FieldDescription("aborted", .boolean, "Whether `abort` was called."),
                FieldDescription("reason", .any, isOptional: true, "What `abort` was given."),
            ]),
    ]
}
