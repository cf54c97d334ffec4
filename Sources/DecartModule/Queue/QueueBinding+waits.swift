internal import DecartAPI
internal import DecartClient
internal import JournaledClient
internal import LuaVM
internal import RunClock
internal import ScriptRuntime

/// A wait that `queue.lua` runs.
struct HeldWait {
    var machine: JobWait
    let client: ClientBinding.HeldClient
    /// What the poll that is asked for may take; nil: as long as any.
    var pollLimit: Duration?
    /// When the sleep that is asked for ends.
    var wakes: RunInstant?
}

extension QueueBinding {
    /// A wait goes by its number. Each step answers what to do: a word, and what goes with it. An end that is an error is
    /// raised.
    ///
    /// | word        | goes with it                                                           | then                 |
    /// |-------------|------------------------------------------------------------------------|----------------------|
    /// | `poll`      |                                                                        | `poll`               |
    /// | `report`    | the job; whether a poll told of it; whether its status is new          | `reported`           |
    /// | `ask`       | attempt, status, milliseconds since the start, the age, the last error | `delay`              |
    /// | `sleep`     |                                                                        | `rest`, then `woke`  |
    /// | `completed` |                                                                        |                      |
    /// | `failed`    | the reason                                                             |                      |
    func waitPrimitives() -> [ModuleFunction] {
        [
            beginPrimitive(),
            step("start") { _ in .start },
            step("reported") { _ in .reported },
            step("woke") { _ in .woke },
            // wait, milliseconds or nil
            step("delay") { .delay($0.value(2).double.map(Duration.fromMilliseconds)) },
            pollPrimitive(),
            ModuleFunction("rest", mayWait: true) { [self] call throws(LuaError) in
                .sleeps(until: try held(call).wakes ?? clock.now)
            },
            // wait → the ages at which the job was last seen unfinished and first seen completed; what is left of the time
            ModuleFunction("endWait") { [self] call throws(LuaError) in
                let ended = waits.removeValue(forKey: try call.integer(1))?.machine
                let sightings = ended?.sightings
                for age in [sightings?.unfinished, sightings?.completed] {
                    call.push(age.map { .number($0.inMilliseconds) } ?? .nil)
                }
                let left = ended?.deadline.map { max($0 - clock.now, JobWait.shortestPollLimit) }
                call.push(left.map { .number($0.inMilliseconds) } ?? .nil)
                return .returns
            },
        ]
    }

    /// client, job, timeout or nil, whether this run has just submitted it → wait, model
    private func beginPrimitive() -> ModuleFunction {
        ModuleFunction("wait", hiddenArguments: 1) { [self] call throws(LuaError) in
            let client = try clients.held(call, 1)
            let id = try Argument.jobID.value(of: call, at: 2)
            let timeout = call.value(3).double.map(Duration.fromMilliseconds)
            let submit = submits[id]
            let number = makeID()
            let now = clock.now
            let machine =
                if call.value(4).isTrue, let submit {
                    JobWait(after: submit.reply, model: submit.model, timeout: timeout, from: submit.begun, at: now)
                } else {
                    JobWait(for: id, model: submit?.model, submitted: submit?.accepted, timeout: timeout, at: now)
                }
            waits[number] = HeldWait(machine: machine, client: client)
            call.push(.integer(Int64(number)))
            call.push(submit.map { .text($0.model) } ?? .nil)
            return .returns
        }
    }

    private func held(_ call: borrowing HostCall) throws(LuaError) -> HeldWait {
        guard let wait = waits[try call.integer(1)] else { throw .message("this wait is over") }
        return wait
    }

    private func step(
        _ name: String, _ event: @escaping (borrowing HostCall) -> JobWait.Event
    ) -> ModuleFunction {
        ModuleFunction(name) { [self] call throws(LuaError) in
            for value in try next(event(call), in: try call.integer(1)) { call.push(value) }
            return .returns
        }
    }

    /// The poll that a wait asks for, and the step after it.
    private func pollPrimitive() -> ModuleFunction {
        ModuleFunction("poll", mayWait: true) { [self] call throws(LuaError) in
            let number = try call.integer(1)
            let wait = try held(call)
            let id = wait.machine.job
            let (polls, gate) = (wait.client.polls, wait.client.gate)
            let limit = wait.pollLimit
            watchPace(of: id)
            let conclude = { [self] (outcome: Result<JobReply, DecartError>) -> OperationResult in
                if case .failure(let error) = outcome { noteFailure(error, about: id) }
                do throws(LuaError) {
                    return .values(try next(JobWait.Event(outcome), in: number))
                } catch {
                    return .error(error)
                }
            }
            guard let limit else { return .poll(id, polls, through: gate, conclude: conclude) }
            return .call(
                through: gate, { () async throws(DecartError) in try await polls.status(id, within: limit) },
                conclude: conclude)
        }
    }

    /// Feeds a wait with what has happened; answers the word of what to do, and what goes with it.
    private func next(_ event: JobWait.Event, in number: Int) throws(LuaError) -> [LuaValue] {
        guard var wait = waits[number] else { throw .message("this wait is over") }
        let action = wait.machine.next(event, at: clock.now)
        switch action {
        case .poll(let limit): wait.pollLimit = limit
        case .sleep(let until): wait.wakes = until
        default: break
        }
        waits[number] = wait
        return try values(of: action)
    }

    private func values(of action: JobWait.Action) throws(LuaError) -> [LuaValue] {
        switch action {
        case .poll: [.text("poll")]
        case .sleep: [.text("sleep")]
        case .report(let reply, let isOfPoll, let isChange):
            [.text("report"), value(of: reply), .boolean(isOfPoll), .boolean(isChange)]
        case .askPolicy(let question):
            [
                .text("ask"), .integer(Int64(question.attempt)), question.status.map { .text($0.rawValue) } ?? .nil,
                .number(question.elapsed.inMilliseconds), question.age.map { .number($0.inMilliseconds) } ?? .nil,
                question.lastError.map { LuaError($0).value } ?? .nil,
            ]
        case .end(.completed): [.text("completed")]
        case .end(.failed(_, let reason)): [.text("failed"), .text(reason)]
        case .end(.gaveUp(let error)), .end(.stopped(let error)): throw LuaError(error)
        }
    }
}

extension JobWait.Event {
    /// What a poll came to.
    fileprivate init(_ outcome: Result<JobReply, DecartError>) {
        switch outcome {
        case .success(let reply): self = .reply(reply)
        case .failure(let error): self = .failure(error)
        }
    }
}
