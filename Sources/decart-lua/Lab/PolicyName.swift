/// What policies are called in a comparison.
enum PolicyName {
    /// The files' names without folder and `.lua`; the whole paths of those that would be called the same.
    static func names(of files: [String]) -> [String] {
        let stems = files.map { file in
            let name = file.split(separator: "/").last.map(String.init) ?? file
            return name.hasSuffix(".lua") && name.count > 4 ? String(name.dropLast(4)) : name
        }
        return zip(files, stems).map { file, stem in stems.count { $0 == stem } > 1 ? file : stem }
    }
}
