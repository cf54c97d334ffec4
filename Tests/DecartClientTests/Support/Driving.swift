import RunClock

/// What `body` comes to while a virtual clock leaps on whenever nothing else is left to do.
///
/// All of it is on the main actor, whose jobs run one after the other: what can go on has done so before time does,
/// however busy the machine is.
@MainActor
func driving<Value>(_ clock: VirtualClock, _ body: @MainActor () async throws -> Value) async rethrows -> Value {
    let driver = Task {
        while !Task.isCancelled {
            for _ in 0..<100 { await Task.yield() }
            clock.advanceToNextWake()
        }
    }
    defer { driver.cancel() }
    return try await body()
}
