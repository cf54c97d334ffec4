public import LiveDocument
internal import LuaVM
internal import ScriptRuntime

/// Takes what people do in a page to the script: the callback of the element is called as a task of its own, which may
/// wait. From any thread; events reach the script in the order in which they are delivered, and none once its run is
/// over.
public struct EventDelivery: Sendable {
    let runtime: ScriptRuntime
    let dispatcher: LuaReference

    /// - Parameter taken: called once the script's thread has it.
    public func deliver(_ event: DocumentEvent, taken: @escaping @Sendable () -> Void = {}) {
        runtime.post(
            dispatcher,
            [
                .integer(Int64(event.target.number)), .text(event.kind.rawValue),
                event.value.map { .text($0) } ?? .nil,
            ], taken: taken)
    }
}
