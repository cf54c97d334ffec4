public import LuaVM
internal import RunClock

extension ScriptRuntime {
    /// Makes all the randomness that a script can see follow from `seed`: `math.random`, and the order in which
    /// `pairs` goes through a table. Under virtual time `os.time`, `os.date` and `os.clock` follow the script's clock.
    ///
    /// What remains are addresses (`print({})`), and tables with tables or functions as keys. To be called after
    /// `loadPrelude`, before any script code runs.
    public func makeRepeatable(seed: UInt64) throws(LuaError) {
        let epoch = clock is VirtualClock ? Int64(clock.unixTime) : nil
        try loadOwn(
            PackageResources.repeatable_lua, name: "repeatable",
            [.value(.integer(Int64(bitPattern: seed))), .value(epoch.map { .integer($0) } ?? .nil)])
    }
}
