import DecartAPI
import DecartModule
import Glibc
import LuaVM
import SandboxLink
import SandboxedScript
import ScriptPermissions
import ScriptRuntime

/// What `sandbox.lua` asks the host.
struct SandboxModule {
    let guardian: SandboxGuard
    /// Finds Lua that a script may load although it may not read the file by itself: the answer to `chunk` or `module`.
    let find: @Sendable (LinkedQuestion) -> LinkedAnswer

    init(_ process: SandboxedProcess) {
        guardian = process.guardian
        find = { [connection = process.connection] in connection.ask($0) }
    }

    init(_ guardian: SandboxGuard, find: @escaping @Sendable (LinkedQuestion) -> LinkedAnswer) {
        self.guardian = guardian
        self.find = find
    }

    /// Takes away what the script may not have, before any of it is compiled.
    func install(in runtime: isolated ScriptRuntime) throws(LuaError) {
        let loaded = try runtime.loadModule(
            PackageResources.sandbox_lua, name: "sandbox",
            functions: [permitFile, openFile, permitProgram, permitted, readVariable, chunk, module])
        runtime.release(loaded)
    }

    /// "read" or "write", path: raises what forbids it.
    private var permitFile: ModuleFunction {
        ModuleFunction("permit") { [guardian] call throws(LuaError) in
            let kind = PermissionKind(rawValue: try call.string(1)) ?? .write
            let path = BytePath(bytes: try call.bytes(2))
            do throws(DecartError) {
                try guardian.checkFile(kind, path)
            } catch {
                throw LuaError(error)
            }
            return .returns
        }
    }

    /// path, mode: a file that the user was asked about; nil, a message and a number if that cannot be opened; nothing for
    /// one that may be opened by its path. Raises what forbids it.
    private var openFile: ModuleFunction {
        ModuleFunction("open") { [guardian] call throws(LuaError) in
            let path = BytePath(bytes: try call.bytes(1))
            // What is no mode is refused by Lua.
            guard let way = LinkedOpening.Way(mode: try call.string(2)) else { return .returns }
            let opening: SandboxGuard.Opening
            do throws(DecartError) {
                opening = try guardian.open(way, path)
            } catch {
                throw LuaError(error)
            }
            switch opening {
            case .byPath: return .returns
            case .descriptor(let descriptor):
                if let code = call.push(file: descriptor, mode: way.mode) { Self.pushFailure(code, path, call) }
            case .failed(let code): Self.pushFailure(code, path, call)
            }
            return .returns
        }
    }

    /// As `io.open` tells it.
    private static func pushFailure(_ code: Int32, _ path: BytePath, _ call: borrowing HostCall) {
        call.push(.nil)
        call.push(.string(path.bytes + Array(": \(String(cString: strerror(code)))".utf8)))
        call.push(.integer(Int64(code)))
    }

    /// a program or nil for the shell: raises what forbids it.
    private var permitProgram: ModuleFunction {
        ModuleFunction("permitProgram") { [guardian] call throws(LuaError) in
            do throws(DecartError) {
                try guardian.checkProgram(call.value(1).bytes)
            } catch {
                throw LuaError(error)
            }
            return .returns
        }
    }

    /// name: tells that the variable was read.
    private var readVariable: ModuleFunction {
        ModuleFunction("readVariable") { [guardian] call throws(LuaError) in
            guardian.read(variable: try call.bytes(1))
            return .returns
        }
    }

    /// path: whether it may be read; without one, whether C modules may be loaded.
    private var permitted: ModuleFunction {
        ModuleFunction("permitted") { [guardian] call throws(LuaError) in
            guard let path = call.value(1).bytes else {
                call.push(.boolean(guardian.mayLoadNative))
                return .returns
            }
            let isPermitted: Bool
            do throws(DecartError) {
                try guardian.checkFile(.read, BytePath(bytes: path))
                isPermitted = true
            } catch {
                isPermitted = false
            }
            call.push(.boolean(isPermitted))
            return .returns
        }
    }

    /// path: what is in the file, or nil and why not; nil alone where the script has no right to it by itself.
    private var chunk: ModuleFunction {
        ModuleFunction("chunk") { [find] call throws(LuaError) in
            let path = try call.bytes(1)
            switch find(.chunk(path)) {
            case .file(_, let bytes): call.push(.string(bytes))
            // Whoever opens it by itself is refused, if it may not.
            case .none(_, isRefusal: true): call.push(.nil)
            case .none(let reason, isRefusal: false):
                call.push(.nil)
                call.push(.text(reason))
            case .journal, .failed, .opened, .unopened: call.push(.nil)
            }
            return .returns
        }
    }

    /// name: a module's source and its path; or nil and where it was looked for.
    private var module: ModuleFunction {
        ModuleFunction("module") { [find] call throws(LuaError) in
            switch find(.module(try call.string(1))) {
            case .file(let path, let bytes):
                call.push(.string(bytes))
                call.push(.string(path))
            case .none(let reason, _):
                call.push(.nil)
                call.push(.text(reason))
            case .journal, .failed, .opened, .unopened: call.push(.nil)
            }
            return .returns
        }
    }
}

/// What the script's own functions for files ask.
struct GuardedFiles: FileGuard {
    let guardian: SandboxGuard

    func check(_ access: FileAccess, _ path: BytePath) throws(DecartError) {
        try guardian.checkFile(access == .read ? .read : .write, path)
    }

    var canAsk: Bool { guardian.canAsk }

    func open(_ opening: FileOpening, _ path: BytePath) throws(DecartError) -> GivenFile? {
        let way: LinkedOpening.Way =
            switch opening {
            case .read: .read
            case .write: .write
            case .append: .append
            }
        switch try guardian.open(way, path) {
        case .byPath: return nil
        case .descriptor(let descriptor): return GivenFile(descriptor: descriptor)
        case .failed(let code):
            let reason = String(cString: strerror(code))
            throw DecartError(
                .fileError, "\(Excerpt.quoted(path.bytes, limit: 200)) cannot be opened: \(reason).", cause: reason)
        }
    }
}
