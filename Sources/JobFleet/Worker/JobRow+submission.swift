public import DecartAPI
import DecartClient
public import JobJournal

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension JobRow {
    /// The inputs as they were added; files by their paths.
    public var inputValues: [String: InputValue] {
        let schema = try? ModelCatalog.find(jobsOf: model).inputs
        var values: [String: InputValue] = [:]
        if case .object(let fields) = inputs {
            for (name, value) in fields {
                let bytes = Self.bytes(value)
                let field = schema?.fields.first { $0.name == name }
                values[name] = field?.value(ofFormText: bytes) ?? .bytes(bytes)
            }
        }
        for file in files {
            values[file.field] = .file(.path(file.path ?? file.name))
        }
        return values
    }

    /// What `JobContent.inputs` wrote: text, or bytes in hexadecimal.
    private static func bytes(_ value: JSONValue) -> [UInt8] {
        guard let hexadecimal = value["bytes"]?.text else { return Array((value.text ?? "").utf8) }
        let digits = Array(hexadecimal.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
            UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16)
        }
    }

    /// Refuses files that lie elsewhere than below `folder`, also by way of links: whoever can write to the journal must
    /// not be able to have any file of this machine sent to the service, or handed to a script.
    ///
    /// - Throws: `INVALID_INPUT`, with every such file, and those that are not there.
    public func checkFiles(under folder: String) throws(DecartError) {
        let root = Self.resolved(folder)
        let problems = namedFiles.compactMap { field, path -> InputProblem? in
            func problem(_ rule: String) -> InputProblem {
                InputProblem(field: field, rule: rule, given: Excerpt.quoted(path, limit: 200))
            }
            guard !FileInput.isURL(path) else { return problem("must be a path, which is read when the job is done") }
            guard let resolved = Self.resolved(path) else {
                return problem("cannot be read: \(String(cString: strerror(errno)))")
            }
            guard let root, root == "/" || resolved.hasPrefix(root + "/") else {
                return problem("must lie below the folder of inputs, \(Excerpt.quoted(folder, limit: 200)) (--inputs)")
            }
            return nil
        }
        guard problems.isEmpty else { throw .invalidInput(problems, model: model) }
    }

    /// Everything in it that a submit would take for a file: the files that were written down, and text in a field that
    /// holds one, which nobody but a stranger writes.
    private var namedFiles: [(field: String, path: String)] {
        var named = files.map { (field: $0.field, path: $0.path ?? $0.name) }
        guard case .object(let fields) = inputs else { return named }
        let known = try? ModelCatalog.find(jobsOf: model)
        for (name, value) in fields.sorted(by: { $0.key < $1.key })
        where known?.takesFile(name) ?? ModelDefinition.fileFields.contains(name) {
            named.append((name, String(decoding: Self.bytes(value), as: UTF8.self)))
        }
        return named
    }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The name of its result's file, without an ending: its key, as far as that can be one, else its id.
    public var resultName: String {
        guard let key else { return id }
        var name = String(
            String.UnicodeScalarView(
                key.unicodeScalars.map { scalar in
                    let isName = scalar != "/" && scalar.properties.generalCategory != .control
                    return isName ? scalar : "_"
                }))
        // What begins with a dot is hidden, or another folder.
        if name.hasPrefix(".") { name = "_" + name.dropFirst() }
        // Room for an ending, and for the number of a second one, in the 255 bytes that file systems take.
        while name.utf8.count > 200 { name.removeLast() }
        return name
    }
}
