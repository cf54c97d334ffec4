/// The user's own HTML as it is served: with our script in it, and a nonce on each script that it contains.
enum UserPage {
    /// The most bytes of the file.
    static let sizeLimit = 8 << 20

    /// In place of a page that cannot be read at the moment. Our script loads the page as soon as it is there
    /// again.
    static let absent = """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>decart-lua</title>
        <body data-decart="absent">
        <p>The page's file cannot be read now. It is shown as soon as it is there again.</p></body>
        """

    /// - Parameter nonce: letters and digits, new for each reply. Without quotation marks around it, so that a
    ///   "<script" inside a string of the page's own scripts stays a string.
    static func html(_ source: String, nonce: String) -> String {
        // A script with a `src` is another file, which the nonce would admit from anywhere.
        let script = /<script(?=[\s>\/])(?![^>]*[\s\/"']src\s*=)/.ignoresCase()
        let marked = source.replacing(script) { "\($0.output) nonce=\(nonce)" }
        let ours = "<script nonce=\(nonce) type=\"module\" src=\"page.js\"></script>\n"
        // The last one: a string in a script may contain the word too.
        guard let end = marked.ranges(of: /<\/body\s*>/.ignoresCase()).last else { return marked + ours }
        return marked.replacingCharacters(in: end.lowerBound..<end.lowerBound, with: ours)
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
        var copy = self
        copy.replaceSubrange(range, with: text)
        return copy
    }
}
