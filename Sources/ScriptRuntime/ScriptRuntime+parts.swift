public import LuaVM
internal import ScriptReference

extension ScriptRuntime {
    /// Makes a part's functions known to scripts. It is loaded when the first of them is called.
    public func announce(_ part: ScriptPart) throws(LuaError) {
        note(part)
        try tellOf(part)
    }

    /// Adds the part's rows to the reference, without making them.
    func note(_ part: ScriptPart) {
        let source = RowSource(part.groups)
        rows.append(source)
        parts.append((part, source))
    }

    func tellOf(_ part: ScriptPart) throws(LuaError) {
        guard let announcer else { throw .message("the prelude is not loaded") }
        let functions = part.functions.map { place in
            LuaValue.table(
                LuaTable(fields: [
                    ("path", .text(place.path)),
                    ("names", .table(LuaTable(sequence: place.names.map { .text($0) }))),
                ]))
        }
        vm.release(
            try vm.callKeeping(
                announcer,
                [
                    .value(.text(part.name)), .value(.table(LuaTable(sequence: functions))),
                    .value(.table(LuaTable(sequence: part.provides.map { .text($0) }))),
                ]))
    }

    func partPrimitives() -> [ModuleFunction] {
        [
            ModuleFunction("announcer") { [self] call throws(LuaError) in
                try call.requireFunction(1)
                announcer = call.reference(1)
                return .returns
            },
            // A part's chunk, a table of its primitives and one for each of its groups; or false and, for each group,
            // its path and the table.
            ModuleFunction("part") { [self] call throws(LuaError) in
                let name = try call.string(1)
                guard let (part, rows) = parts.first(where: { $0.part.name == name }) else {
                    throw .message("there is no such part")
                }
                if let source = part.source {
                    guard let partGlobals else { throw .message("the prelude is not loaded") }
                    let chunk = try compileOwn(source(), name: part.name)
                    call.push(chunk, globals: partGlobals)
                    vm.release(chunk)
                    call.push(part.primitives().map(hostFunction))
                } else {
                    call.push(.boolean(false))
                }
                for group in rows.groups {
                    if part.source == nil { call.push(.text(group.description.path)) }
                    call.push(group.primitives.map(hostFunction))
                }
                return .returns
            },
        ]
    }

    /// What of the runtime itself is loaded when it is needed.
    func ownParts() -> [ScriptPart] {
        [
            ScriptPart("processes", functions: [("decart", ["exec", "readLine"])]) { [self] in
                [Self.decartGroup([execFunction(), readLineFunction()])]
            },
            ScriptPart(
                "together", source: { PackageResources.together_lua },
                functions: [("decart", ["all", "allSettled", "race", "any", "map", "timeout", "shield"])],
                provides: ["timeout", "shield", "wait_for"],
                groups: { [Self.decartGroup(Self.togetherRows())] }),
            ScriptPart(
                "queues", source: { PackageResources.queues_lua }, functions: [("decart", ["semaphore", "channel"])],
                provides: ["new_queue", "park", "wake_first"],
                groups: { [Self.decartGroup(Self.queueRows())] }),
            ScriptPart(
                "abort", source: { PackageResources.abort_lua }, functions: [("decart", ["abortController"])],
                provides: ["is_signal", "with_signal"],
                groups: { [Self.decartGroup(Self.abortRows())] }),
            ScriptPart(
                "require", source: { PackageResources.require_lua }, provides: ["require", "search_lua"], groups: { [] }
            ),
        ]
    }

    static func decartGroup(_ rows: [ScriptFunction]) -> ScriptGroup {
        ScriptGroup(GroupDescription("decart", type: "Decart", "What `require(\"decart\")` returns."), rows)
    }
}
