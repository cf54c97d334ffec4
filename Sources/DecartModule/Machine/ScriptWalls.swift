public import LuaVM
public import ScriptRuntime

/// What is around Lua that may not do everything.
public struct ScriptWalls: Sendable {
    /// Decides about its files.
    public var files: any FileGuard
    /// Takes away what it may not have, before any of it is compiled.
    public var install: @Sendable (isolated ScriptRuntime) throws(LuaError) -> Void

    public init(
        files: any FileGuard, install: @escaping @Sendable (isolated ScriptRuntime) throws(LuaError) -> Void
    ) {
        self.files = files
        self.install = install
    }
}
