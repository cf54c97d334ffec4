internal import PollingModel
internal import ScriptReference
internal import ScriptRuntime

// `policies.lua` has the bodies.
extension PolicyBinding {
    private static let policy = ResultDescription(
        .function(
            [ParameterDescription("poll", .named("Poll"))],
            returns: [ResultDescription(.milliseconds, isOptional: true)]),
        "A policy, as `policy` of `poll` and `submitAndPoll` takes it.")

    static var rows: [ScriptFunction] {
        [
            .inLua(
                "fixed", "The same delay before every poll.",
                [ParameterDescription("ms", .milliseconds, "The delay.")], gives: [policy]),
            .inLua(
                "exponential", "Delays that grow from poll to poll.",
                [ParameterDescription("options", .options(exponentialOptions), isOptional: true)], gives: [policy],
                details:
                    "The delay before poll number n, counted from 0, is min(max, initial * factor ^ n), and then varied."
            ),
            .inLua(
                "learned", "Polls when it is worth it, by how long jobs of the same model took.",
                [ParameterDescription("options", .options(learnedOptions), isOptional: true)], gives: [policy],
                details:
                    "It leaves in `poll` what there is to say: `eta = { from, to }` (four jobs of five take between "
                    + "these, ms) and `stuck` (fewer than one in a hundred takes so long)."),
        ]
    }

    static let exponentialOptions = [
        OptionDescription("initial", .milliseconds, unlessGiven: "1000", "The delay before the first poll."),
        OptionDescription("factor", .number(atLeast: 1), unlessGiven: "1.5", "How much longer each delay is."),
        OptionDescription("max", .milliseconds, unlessGiven: "10000", "No delay is longer."),
        OptionDescription(
            "maxAttempts", .number(atLeast: 1), unlessGiven: "no limit",
            "It gives up after so many polls, which leaves a paid job behind."),
        OptionDescription(
            "jitter", .choice(["none", "full", "equal", "decorrelated"]), unlessGiven: "none",
            "How chance varies a delay, so that jobs begun together are not polled together."),
    ]

    static let learnedOptions = [
        OptionDescription(
            "lookCost", .number(atLeast: 1e-9), unlessGiven: PollCosts().poll.plain, "The cost of a poll."),
        OptionDescription(
            "delayCost", .number(atLeast: 1e-9), unlessGiven: PollCosts().delay.plain,
            "The cost of a second that a finished job is not known to be, in the same unit."),
        OptionDescription(
            "min", .number(atLeast: 1, unit: .milliseconds), unlessGiven: PollCosts().least.plain, "The least delay."),
        OptionDescription(
            "max", .number(atLeast: 1, unit: .milliseconds), unlessGiven: PollCosts().most.plain, "The longest delay."),
        OptionDescription(
            "interval", .number(atLeast: 1, unit: .milliseconds), unlessGiven: LearnedPolicy.standardInterval.plain,
            "The delay while fewer than 20 jobs of the model have been seen to complete."),
        OptionDescription(
            "budget", .number(atLeast: 0.001), unlessGiven: "no limit",
            "Requests a second that all jobs under this policy share."),
        OptionDescription(
            "file", .either([.string, .no]), unlessGiven: "the run's own",
            "Where durations are kept; false keeps none."),
    ]
}
