#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension JournalSession {
    /// This process.
    ///
    /// - Parameters:
    ///   - program: its name and version.
    ///   - now: milliseconds since 1970.
    public static func ofProcess(run: Journal.Run, program: String, now: Int64) -> JournalSession {
        var generator = SystemRandomNumberGenerator()
        // `joined` would cost every start of a program a search through all the types that the runtime knows.
        let id = String(generator.next(), radix: 36) + String(generator.next(), radix: 36)
        return JournalSession(
            id: id, host: hostName, pid: Int(getpid()), boot: boot, run: run.name, ownsRun: run.isNamed,
            program: program, startedAt: now)
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The machine since it was started, and whose processes are seen there.
    private static var boot: String? {
        guard let file = fopen("/proc/sys/kernel/random/boot_id", "re") else { return nil }
        defer { fclose(file) }
        var line = [UInt8](repeating: 0, count: 64)
        let count = fread(&line, 1, line.count, file)
        let boot = String(decoding: line[..<count].prefix { $0 > 0x20 }, as: UTF8.self)
        // A container has processes of its own, numbered like those of its machine.
        var name = [CChar](repeating: 0, count: 64)
        guard readlink("/proc/self/ns/pid", &name, name.count - 1) > 0 else { return nil }
        let space = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(boot) \(space)"
    }
}
