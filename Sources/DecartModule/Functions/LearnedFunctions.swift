internal import DecartClient
internal import LuaVM
internal import PollingModel
internal import RunClock
internal import ScriptRuntime

/// One `decart.policy.learned`, as scripts made it.
struct LearnedInstance {
    /// What it was made with: made again with the same, it is the same, budget and all.
    struct Options: Hashable {
        var costs: LookCosts
        var interval: Double
        var budget: Double?
        var path: String?
    }

    let options: Options
    let book: DurationBook
    var policy: LearnedPolicy
}

extension DecartModule {
    /// Instances go by their numbers here; `policies.lua` makes functions of them and checks their options.
    func learnedFunctions() -> [ModuleFunction] {
        [
            // lookCost, delayCost, min, max, interval, budget or nil, file or nil or false
            ModuleFunction("learned") { [self] call throws(LuaError) in
                let costs = LookCosts(
                    look: try call.number(1), delay: try call.number(2), least: try call.number(3),
                    most: try call.number(4))
                let path: String? =
                    call.type(7) == .boolean ? nil : settings.durations.path(asked: call.value(7).text)
                let options = LearnedInstance.Options(
                    costs: costs, interval: try call.number(5), budget: call.value(6).double, path: path)
                call.push(.integer(Int64(instance(options))))
                return .returns
            },
            // number, job, model or nil, age, whether the last look was answered 429 → delay, from, to, stuck
            ModuleFunction("learnedDelay") { [self] call throws(LuaError) in
                let number = try learned(call)
                let job = try call.string(2)
                let model = call.value(3).text
                let age = try call.number(4)
                let now = clock.now.milliseconds
                if call.value(5).isTrue { learned[number].policy.refused(now: now) }
                if let model { learned[number].book.saw(job, of: model, runningAt: age) }
                let answer = learned[number].policy.answer(
                    job: job, age: age, model: model ?? "",
                    history: model.flatMap { learned[number].book.histories[$0] }, now: now,
                    chance: settings.chance.unit())
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
                learned[number].policy.ended(job)
                guard let model = call.value(3).text else { return .returns }
                let observation = call.value(4).double.flatMap {
                    DurationObservation(after: $0, before: call.value(5).double)
                }
                learned[number].book.ended(job, of: model, observation)
                return .returns
            },
        ]
    }

    private func instance(_ options: LearnedInstance.Options) -> Int {
        if let known = learned.firstIndex(where: { $0.options == options }) { return known }
        let key = options.path ?? ""
        let book = books[key] ?? DurationBook(path: options.path, note: note)
        books[key] = book
        learned.append(
            LearnedInstance(
                options: options, book: book,
                policy: LearnedPolicy(costs: options.costs, interval: options.interval, budget: options.budget)))
        return learned.count - 1
    }

    private func learned(_ call: borrowing HostCall) throws(LuaError) -> Int {
        let number = try call.integer(1)
        guard learned.indices.contains(number) else { throw .message("this policy does not exist") }
        return number
    }
}
