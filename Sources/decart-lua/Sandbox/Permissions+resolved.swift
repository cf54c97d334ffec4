import Glibc
import PlainErrors
import ScriptPermissions

extension Permissions {
    /// What was typed as what the kernel knows: whole paths without symbolic links, programs by their files.
    ///
    /// - Throws: for a path or a program that is not there: nothing can be allowed or denied of it.
    func resolved(path: String?) throws(MessageError) -> Permissions {
        var resolved = self
        for kind in [PermissionKind.read, .write] {
            resolved[kind].named = try self[kind].named.map { name throws(MessageError) in
                try Self.real(name, kind.flag)
            }
            // What is not there now may come to be there: it is denied under the name that it would have.
            resolved[kind].denied = self[kind].denied.map { Self.realAsFarAsItGoes($0) }
        }
        resolved.run.named = try run.named.map { name throws(MessageError) in
            try Self.program(name, path, PermissionKind.run.flag)
        }
        resolved.run.denied = try run.denied.map { name throws(MessageError) in
            try Self.program(name, path, "--deny-run")
        }
        return resolved
    }

    private static func real(_ name: [UInt8], _ flag: String) throws(MessageError) -> [UInt8] {
        guard let real = real(name) else {
            throw MessageError(
                "\(flag)=\(String(decoding: name, as: UTF8.self)): \(String(cString: strerror(errno))). Only what is "
                    + "there already can be allowed: make it first, or allow its folder")
        }
        return real
    }

    private static func real(_ name: [UInt8]) -> [UInt8]? {
        guard !name.contains(0), let real = realpath(name.map { CChar(bitPattern: $0) } + [0], nil) else { return nil }
        defer { free(real) }
        return Array(UnsafeRawBufferPointer(start: real, count: strlen(real)))
    }

    private static func realAsFarAsItGoes(_ name: [UInt8]) -> [UInt8] {
        if let real = real(name) { return real }
        let slash = UInt8(ascii: "/")
        guard let last = name.lastIndex(of: slash) else {
            return (real([UInt8(ascii: ".")]) ?? []) + [slash] + name
        }
        let folder = realAsFarAsItGoes(last == 0 ? [slash] : Array(name[..<last]))
        return folder + (folder.last == slash ? [] : [slash]) + name[(last + 1)...]
    }

    private static func program(_ name: [UInt8], _ path: String?, _ flag: String) throws(MessageError) -> [UInt8] {
        let folders = name.contains(UInt8(ascii: "/")) ? [""] : (path ?? "").split(separator: ":").map { "\($0)/" }
        for folder in folders {
            let file = Array(folder.utf8) + name
            if access(file.map { CChar(bitPattern: $0) } + [0], X_OK) == 0, let real = real(file) { return real }
        }
        throw MessageError("\(flag)=\(String(decoding: name, as: UTF8.self)): there is no such program")
    }
}
