import DecartAPI
import Glibc
import JobJournal
import LuaVM
import PlainErrors
import SystemPackage
import TerminalUI

/// What is to be looked at on this machine.
extension DoctorCheck {
    static let stateFolder: @Sendable (DoctorFacts) -> Finding = { facts in
        guard let folder = StateFolder.path(RunEnvironment(facts.environment)) else {
            return .wrong("there is no home folder", "set HOME or XDG_STATE_HOME, so that paid jobs are written down")
        }
        // The folder is made when it is first needed: until then, the one that is there has to allow that.
        var path = FilePath(folder)
        while access(path.string, F_OK) != 0, path.removeLastComponent() {}
        let place = path.string
        guard access(place, W_OK | X_OK) == 0 else {
            return .wrong(
                "\(place) cannot be written to: \(String(cString: strerror(errno)))",
                "correct its owner or its rights, or name another place in XDG_STATE_HOME")
        }
        return .ok(place == folder ? folder : "\(folder), which is made when it is needed")
    }

    static let journal: @Sendable (DoctorFacts) async -> Finding = { facts in
        do {
            let access = try JournalAccess(given: facts.givenJournal, program: "doctor")
            guard access.exists else { return noJournal(at: access) }
            // Opening it would put it aside.
            if isDamaged(access.location) {
                return .wrong(
                    "\(access.path) is damaged", "put a copy of it back; the next job is written to a new one otherwise"
                )
            }
            let problems = try await access.journal.check()
            guard let first = problems.first else { return .ok("\(access.path), nothing wrong") }
            let more = problems.count > 1 ? ", and \(problems.count - 1) more" : ""
            return .wrong("\(access.path): \(first)\(more)", "see 'decart-lua journal check'")
        } catch let error as MessageError {
            let location = try? JournalLocation.find(
                given: facts.givenJournal, environment: RunEnvironment(facts.environment))
            return location == .off
                ? .note(error.message) : .wrong(error.message, "make its folder, or name another journal")
        } catch let error as DecartError {
            return .wrong("it cannot be read", error.message)
        } catch {
            return .wrong("it cannot be read", "\(error)")
        }
    }

    /// Whether a file that ought to be SQLite's does not begin like one.
    private static func isDamaged(_ location: JournalLocation) -> Bool {
        switch location {
        case .named(let path), .standard(let path):
            var header = [UInt8](repeating: 0, count: 16)
            // A pipe would be waited for until somebody writes to it.
            guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: [.nonBlocking]) else {
                return false
            }
            defer { try? file.close() }
            let count = header.withUnsafeMutableBytes { (try? file.read(into: $0)) ?? 0 }
            return count > 0 && header != Array("SQLite format 3\0".utf8)
        case .database, .memory, .off: return false
        }
    }

    /// The program makes the folder of its own journal, and no other.
    private static func noJournal(at place: JournalAccess) -> Finding {
        let parent = FilePath(place.path).removingLastComponent().string
        if case .named = place.location, access(parent.isEmpty ? "." : parent, W_OK | X_OK) != 0 {
            return .wrong(
                "\(place.path) cannot be made: \(String(cString: strerror(errno)))",
                "make its folder, or name another journal")
        }
        return .ok("\(place.path), which is made when it is needed")
    }

    static let ffmpeg: @Sendable (DoctorFacts) -> Finding = { facts in
        let folders = (facts.environment["PATH"] ?? "").split(separator: ":")
        let paths: [String] = folders.map { "\($0)/ffmpeg" }
        if let path = paths.first(where: { access($0, X_OK) == 0 }) { return .ok(path) }
        return .note(
            "not installed: a queue on this machine gives every job the same clip",
            "install ffmpeg for clips that look like their prompts")
    }

    static let terminal: @Sendable (DoctorFacts) -> Finding = { facts in
        guard isatty(STDERR_FILENO) == 1 else {
            return .ok("standard error is none, so the display is lines of text")
        }
        let type = facts.environment["TERM"] ?? ""
        guard !type.isEmpty, type != "dumb" else {
            return .note("TERM is \(type.isEmpty ? "not set" : type), so the display is lines of text")
        }
        let hasBlocks = TerminalStyle.hasBlocks { facts.environment[$0] }
        return hasBlocks
            ? .ok("\(type), with live bars")
            : .note("\(type), with bars in ASCII", "set LANG to a UTF-8 locale, such as C.UTF-8, for smooth bars")
    }

    static let modules: @Sendable (DoctorFacts) -> Finding = { facts in
        let templates = LuaPaths.templates
        let folders = templates.compactMap(LuaPaths.folder).filter { access($0, R_OK | X_OK) == 0 }
        for name in ["LUA_PATH_5_4", "LUA_PATH", "LUA_CPATH_5_4", "LUA_CPATH"] {
            guard !facts.isUnset(name), let value = facts.environment[name] else { continue }
            let named = value.split(separator: ";").map(String.init)
            let there = named.compactMap(LuaPaths.folder).filter { access($0, R_OK | X_OK) == 0 }
            if there.isEmpty, !named.isEmpty {
                return .wrong(
                    "\(name) names no folder that is there: \(Excerpt.quoted(value, limit: 100))",
                    "correct it, or unset it; it holds templates such as /usr/share/lua/5.4/?.lua;;")
            }
        }
        var seen: Set<String> = []
        let shown = folders.filter { seen.insert($0).inserted }
        return .ok(shown.isEmpty ? "none of the folders for them is there" : shown.joined(separator: ", "))
    }
}

/// Where `require` looks.
private enum LuaPaths {
    /// Such as `/usr/share/lua/5.4/?.lua`.
    static var templates: [String] {
        let code = Array("return package.path .. ';' .. package.cpath".utf8)
        guard let vm = try? LuaVM(), let chunk = try? vm.load(code, name: "=paths"),
            let text = try? vm.call(chunk).first?.text
        else { return [] }
        return text.split(separator: ";").map(String.init)
    }

    /// The folder before the module's name; nil for a template without one.
    static func folder(of template: String) -> String? {
        let before = template.prefix { $0 != "?" }
        guard before.count < template.count, let slash = before.lastIndex(of: "/") else { return nil }
        return slash == before.startIndex ? "/" : String(before[..<slash])
    }
}
