import DecartAPI
import Glibc

extension BytePath {
    /// As many as the system follows.
    private static let linkLimit = 40

    /// Where the path leads to if it is a symbolic link, or a chain of them; the last need not lead to anything.
    func followingLinks() throws(SystemError) -> BytePath {
        var path = self
        for _ in 0...Self.linkLimit {
            guard let next = try path.linkTarget() else { return path }
            path = path.folder.appending(next)
        }
        throw SystemError(code: ELOOP)
    }

    /// Nil for what is no symbolic link, or not there.
    private func linkTarget() throws(SystemError) -> BytePath? {
        let name = try forSystem()
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(name, &buffer, buffer.count)
        guard count >= 0 else {
            // Not a link, or nothing there: whoever opens it learns what is wrong.
            return nil
        }
        return BytePath(bytes: buffer[..<count].map { UInt8(bitPattern: $0) })
    }
}
