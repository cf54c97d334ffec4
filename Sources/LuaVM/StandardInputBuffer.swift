internal import CLuaShim

/// C's standard input, which Lua's `io` reads too.
public enum StandardInputBuffer {
    /// Whether it holds bytes that were read but not yet taken: then the next one comes at once, whatever `poll` says of
    /// the file descriptor.
    public static var isFilled: Bool { shim_input_is_buffered() }
}
