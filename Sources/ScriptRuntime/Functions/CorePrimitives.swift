internal import LuaVM

extension ScriptRuntime {
    /// What the prelude needs of the machine and of the rows.
    func corePrimitives() -> [ModuleFunction] {
        [
            ModuleFunction("bytecode") { [self] call throws(LuaError) in
                call.push(.boolean(vm.bytecode))
                return .returns
            },
            ModuleFunction("kind") { call throws(LuaError) in
                try call.registerKind(try call.string(1), metatableAt: 2)
                return .returns
            },
            // A kind and its only object. Those that are counted are many.
            ModuleFunction("only") { [self] call throws(LuaError) in
                let kind = try call.string(1)
                guard kind != "task", !holders.contains(where: { $0.kind == kind }) else {
                    throw call.badArgument(1, "there may be many of this kind")
                }
                try call.registerOnly(kind, objectAt: 2)
                return .returns
            },
            // The table in which the chunks of parts find their globals.
            ModuleFunction("globals") { [self] call throws(LuaError) in
                try call.requireTable(1)
                partGlobals = call.reference(1)
                return .returns
            },
            ModuleFunction("errors") { call throws(LuaError) in
                try call.registerErrors(try call.string(1), metatableAt: 2)
                return .returns
            },
            // Of the functions of a group: where their table of options is that may have a signal.
            ModuleFunction("signals") { [self] call throws(LuaError) in
                call.push(.table(signals(of: try call.string(1))))
                return .returns
            },
            // path, function, the table of options that it was given: raises INVALID_OPTIONS for what its row does not
            // allow.
            ModuleFunction("checkOptions") { [self] call throws(LuaError) in
                let path = try call.string(1)
                let name = try call.string(2)
                let called = try call.string(4)
                let shown = path.hasPrefix("decart.") ? "\(path.dropFirst("decart.".count)).\(called)" : called
                _ = try GivenOptions(call.value(3), of: shown, known: options(of: name, at: path))
                return .returns
            },
        ]
    }
}
