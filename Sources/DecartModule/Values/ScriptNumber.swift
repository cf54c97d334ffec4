/// Numbers in texts that scripts write.
enum ScriptNumber {
    /// The fewest digits that read back as the same number; a whole one has no fraction.
    static func text(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? number.description
    }
}
