internal import DecartAPI
internal import DecartClient
internal import RunClock

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file name that nobody else has: taken by making an empty file there.
struct FreePath: Sendable {
    let text: String

    /// Takes `wanted`, or the first of `name-2.mp4`, `name-3.mp4`, … that is free.
    static func reserve(_ wanted: String) throws(DecartError) -> FreePath {
        for number in 1...10_000 {
            let path = number == 1 ? wanted : numbered(wanted, number)
            let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
            if file >= 0 {
                close(file)
                return FreePath(text: path)
            }
            guard errno == EEXIST else {
                let reason = String(cString: strerror(errno))
                throw DecartError(.invalidOptions, "Cannot write \(Excerpt.quoted(path)): \(reason).", cause: reason)
            }
        }
        throw DecartError(
            .invalidOptions, "Cannot write \(Excerpt.quoted(wanted)): it and 9,999 names like it are taken.")
    }

    /// Saves a blob under that name, or under one like it that is free.
    /// - Returns: where.
    static func save(_ blob: Blob, as wanted: String, on clock: any RunClock) async throws(DecartError) -> String {
        let path = try reserve(wanted)
        do throws(DecartError) {
            try await blob.save(to: path.text, on: clock)
        } catch {
            path.giveBack()
            throw error
        }
        return path.text
    }

    func giveBack() {
        unlink(text)
    }

    private static func numbered(_ path: String, _ number: Int) -> String {
        let slash = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
        guard let dot = path[slash...].lastIndex(of: "."), dot > slash else { return "\(path)-\(number)" }
        return "\(path[..<dot])-\(number)\(path[dot...])"
    }
}
