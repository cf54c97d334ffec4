internal import LearnedDurations
internal import LuaVM
internal import PollingModel
internal import RunClock
internal import ScriptReference
internal import ScriptRuntime
internal import SeededNumbers

/// `decart.policy`, and the state behind its learned policies.
final class PolicyBinding {
    /// One `decart.policy.learned`, as scripts made it.
    private struct Instance {
        /// What it was made with: made again with the same, it is the same, budget and all.
        struct Options: Hashable {
            var costs: PollCosts
            var interval: Double
            var budget: Double?
            var path: String?
        }

        let options: Options
        let book: DurationBook
        var policy: LearnedPolicy
    }

    private let durations: KeptDurations
    private let chance: Chance
    private let clock: any RunClock
    private let note: @Sendable (Notice) -> Void
    private var books: [String: DurationBook] = [:]
    private var instances: [Instance] = []

    init(
        durations: KeptDurations, chance: Chance, clock: any RunClock, note: @escaping @Sendable (Notice) -> Void
    ) {
        self.durations = durations
        self.chance = chance
        self.clock = clock
        self.note = note
    }

    func install(in runtime: isolated ScriptRuntime) throws(LuaError) {
        try runtime.announce(
            ScriptPart(
                "policies", source: { PackageResources.policies_lua },
                functions: [("decart.policy", ["fixed", "exponential", "learned"])], provides: ["settled"],
                primitives: primitives
            ) {
                [
                    ScriptGroup(
                        GroupDescription("decart.policy", type: "Policies", "Ready-made polling policies."), Self.rows),
                    ScriptGroup(
                        GroupDescription(
                            "decart", type: "Decart", "",
                            fields: [FieldDescription("policy", .named("Policies"), "Ready-made polling policies.")]),
                        []),
                ]
            })
    }

    /// Instances go by their numbers here; `policies.lua` makes functions of them.
    private func primitives() -> [ModuleFunction] {
        [
            // A number from 0 up to 1, from the run's own source of chance: a seed makes a run repeatable.
            ModuleFunction("random") { [chance] call throws(LuaError) in
                call.push(.number(chance.unit()))
                return .returns
            },
            // the options, checked
            ModuleFunction("learned") { [self] call throws(LuaError) in
                let given = try GivenOptions(call.value(1), of: "policy.learned", known: Self.learnedOptions)
                call.push(.integer(Int64(instance(try options(given)))))
                return .returns
            },
            // number, job, model or nil, age, whether the last poll was answered 429 → delay, from, to, stuck
            ModuleFunction("learnedDelay") { [self] call throws(LuaError) in
                let number = try learned(call)
                let job = try call.string(2)
                let model = call.value(3).text
                let age = try call.number(4)
                let now = clock.now.milliseconds
                if call.value(5).isTrue { instances[number].policy.refused(now: now) }
                if let model { instances[number].book.saw(job, of: model, runningAt: age) }
                let answer = instances[number].policy.answer(
                    job: job, age: age, model: model ?? "",
                    history: model.flatMap { instances[number].book.histories[$0] }, now: now, chance: chance.unit())
                call.push(.number(answer.delay))
                call.push(answer.usual.map { .number($0.lowerBound) } ?? .nil)
                call.push(answer.usual.map { .number($0.upperBound) } ?? .nil)
                call.push(.boolean(answer.isStuck))
                return .returns
            },
            // number, job, model or nil, the ages at which it was last unfinished and first finished, or nil
            ModuleFunction("learnedEnd") { [self] call throws(LuaError) in
                let number = try learned(call)
                let job = try call.string(2)
                instances[number].policy.ended(job)
                guard let model = call.value(3).text else { return .returns }
                let observation = call.value(4).double.flatMap {
                    DurationObservation(after: $0, before: call.value(5).double)
                }
                instances[number].book.ended(job, of: model, observation)
                return .returns
            },
        ]
    }

    private func options(_ given: GivenOptions) throws(LuaError) -> Instance.Options {
        var costs = PollCosts()
        if let cost = given.number("lookCost") { costs.poll = cost }
        if let cost = given.number("delayCost") { costs.delay = cost }
        if let least = given.number("min") { costs.least = least }
        if let most = given.number("max") { costs.most = most }
        guard costs.least <= costs.most else {
            throw .invalidOptions(
                "min of policy.learned, \(costs.least.plain), is more than max, \(costs.most.plain).")
        }
        let path = given.text("file")
        guard path.map({ !$0.isEmpty && !$0.utf8.contains(0) }) ?? true else {
            throw .invalidOptions("file of policy.learned must be a path, or false to keep nothing.")
        }
        return Instance.Options(
            costs: costs, interval: given.number("interval") ?? LearnedPolicy.standardInterval,
            budget: given.number("budget"),
            path: given["file"] == .boolean(false) ? nil : durations.path(asked: path))
    }

    private func instance(_ options: Instance.Options) -> Int {
        if let known = instances.firstIndex(where: { $0.options == options }) { return known }
        let key = options.path ?? ""
        let book = books[key] ?? DurationBook(path: options.path) { [note] in note(.warning($0)) }
        books[key] = book
        instances.append(
            Instance(
                options: options, book: book,
                policy: LearnedPolicy(costs: options.costs, interval: options.interval, budget: options.budget)))
        return instances.count - 1
    }

    private func learned(_ call: borrowing HostCall) throws(LuaError) -> Int {
        let number = try call.integer(1)
        guard instances.indices.contains(number) else { throw .message("this policy does not exist") }
        return number
    }
}

extension Double {
    /// Without the ".0" of a whole number.
    var plain: String { Int64(exactly: self).map(String.init) ?? "\(self)" }
}
