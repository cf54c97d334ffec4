public import DecartAPI
import Glibc
public import RunClock

/// A file name that nobody else has: taken by making an empty file there.
public struct FreePath: Sendable {
    let path: BytePath

    /// Takes `wanted`, or the first of `name-2.mp4`, `name-3.mp4`, … that is free.
    static func reserve(_ wanted: BytePath) throws(DecartError) -> FreePath {
        for number in 1...10_000 {
            let path = number == 1 ? wanted : numbered(wanted, number)
            do throws(SystemError) {
                _ = try OpenFile(creating: path)
                return FreePath(path: path)
            } catch {
                if error.code == EEXIST { continue }
                let reason = error.reason(making: path)
                throw DecartError(
                    .invalidOptions, "Cannot write \(Excerpt.quoted(path.bytes)): \(reason).", cause: reason)
            }
        }
        throw DecartError(
            .invalidOptions, "Cannot write \(Excerpt.quoted(wanted.bytes)): it and 9,999 names like it are taken.")
    }

    /// Saves a blob under that name, or under one like it that is free.
    ///
    /// - Returns: where.
    /// - Throws: `INVALID_OPTIONS` for a folder that cannot be written, and as `Blob.save`.
    public static func save(
        _ blob: Blob, as wanted: BytePath, on clock: any RunClock
    ) async throws(DecartError) -> BytePath {
        let free = try reserve(wanted)
        do throws(DecartError) {
            try await blob.save(to: free.path, on: clock)
        } catch {
            free.giveBack()
            throw error
        }
        return free.path
    }

    func giveBack() {
        if let name = path.cString { unlink(name) }
    }

    /// `clip-2.mp4` of `clip.mp4`.
    private static func numbered(_ path: BytePath, _ number: Int) -> BytePath {
        let start = path.bytes.count - path.lastComponent.bytes.count
        let mark = Array("-\(number)".utf8)
        guard let dot = path.bytes[start...].lastIndex(of: UInt8(ascii: ".")), dot > start else {
            return BytePath(bytes: path.bytes + mark)
        }
        return BytePath(bytes: path.bytes[..<dot] + mark + path.bytes[dot...])
    }
}
