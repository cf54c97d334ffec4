internal import DecartAPI
internal import JournaledClient
internal import LuaVM
internal import ScriptRuntime

/// The outcome of a call as a value that may cross to the runtime.
func attempt<Value: Sendable>(_ body: () async throws(DecartError) -> Value) async -> Result<Value, DecartError> {
    do throws(DecartError) {
        return .success(try await body())
    } catch {
        return .failure(error)
    }
}

extension Result where Failure == DecartError {
    /// What a script gets of a call's outcome: what `value` makes of its success, or its error.
    func result(_ value: (Success) -> LuaValue) -> OperationResult {
        switch self {
        case .success(let success): .values([value(success)])
        case .failure(let error): .error(LuaError(error))
        }
    }
}

extension Result<Void, DecartError> {
    /// What a script gets of a call that has no result.
    var result: OperationResult {
        switch self {
        case .success: .values([])
        case .failure(let error): .error(LuaError(error))
        }
    }
}

extension ModuleFunction.Completion {
    /// The script waits for a call of the client's.
    static func call<Value: Sendable>(
        through gate: OperationGate? = nil, _ work: @escaping @Sendable () async throws(DecartError) -> Value,
        conclude: @escaping (Result<Value, DecartError>) -> OperationResult
    ) -> ModuleFunction.Completion {
        .waits(ModuleFunction.Operation(through: gate, { await attempt(work) }, conclude: conclude))
    }

    /// The script waits for a poll.
    static func poll(
        _ id: JobID, _ polls: JournaledPolls, through gate: OperationGate,
        conclude: @escaping (Result<JobReply, DecartError>) -> OperationResult
    ) -> ModuleFunction.Completion {
        .waits(
            ModuleFunction.Operation(
                through: gate,
                direct: { done in
                    let exchange = polls.begin(id) { outcome in
                        switch outcome {
                        case .reply(let reply): done(.outcome(.success(reply)))
                        case .goesOn(let rest): done(.goesOn { await attempt(rest) })
                        }
                    }
                    return exchange.map { exchange in { exchange.cancel() } }
                },
                { await attempt { () async throws(DecartError) in try await polls.status(id) } }, conclude: conclude))
    }
}
