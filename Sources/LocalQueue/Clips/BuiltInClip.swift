/// The clip and the picture that ship with the program, marked with the job they are for.
enum BuiltInClip {
    static func bytes(for order: ClipOrder) -> [UInt8] {
        let prompt = order.caption
        if order.isStill {
            return PNGFile.adding(
                [("Title", prompt), ("Comment", order.jobID)], to: PackageResources.picture_png)
        }
        return MP4File.tagging(PackageResources.clip_mp4, title: prompt, comment: order.jobID)
    }
}

extension ClipOrder {
    /// The prompt as written into metadata and pictures: one line, no control characters, at most 1,000 characters.
    var caption: String {
        let printable = prompt.unicodeScalars.prefix(1000).map { scalar -> Unicode.Scalar in
            scalar.properties.generalCategory == .control ? " " : scalar
        }
        return String(String.UnicodeScalarView(printable))
    }
}
