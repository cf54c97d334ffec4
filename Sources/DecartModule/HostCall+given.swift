internal import DecartAPI
internal import LuaVM

/// The arguments that a script gave. Before them stands one of the host's own: a client's number, or the object that a
/// method is called on.
extension HostCall {
    private static let hidden = 1

    /// The script's argument number `number`, a string and nothing else: a number in a string's place is a slip.
    func givenText(_ number: Int) throws(LuaError) -> String {
        let position = number + Self.hidden
        guard type(position) == .string else {
            throw .badArgument(number, of: name, "string expected, got \(type(position).rawValue)")
        }
        return try string(position)
    }

    /// The script's first argument as an id.
    func givenID<ID>(_ make: (String) throws(DecartError) -> ID) throws(LuaError) -> ID {
        let text = try givenText(1)
        do throws(DecartError) {
            return try make(text)
        } catch {
            throw LuaError(error)
        }
    }
}
