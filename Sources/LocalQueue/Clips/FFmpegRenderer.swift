import Foundation
import Logging
import RunClock

/// Renders clips with `ffmpeg`: the best plan first, simpler ones if it fails.
struct FFmpegRenderer: Sendable {
    /// A run that takes longer is killed: an upload may be made to take forever.
    private static let timeout = Duration.seconds(20)

    let executable: String
    let folder: JobFolder
    let clock: any RunClock
    let logger: Logger

    /// The clip, or nil if no plan worked or the task was cancelled.
    func render(_ order: ClipOrder) async -> Clip? {
        do {
            let part = order.fileName + ".part"
            let caption = order.fileName + ".txt"
            folder.remove(caption)
            try folder.write(Array(Self.wrapped(order.caption).utf8), to: caption)
            defer {
                folder.remove(caption)
                folder.remove(part)
            }
            let directory = try folder.path()
            for plan in Self.plans(for: order, caption: caption, output: part) {
                if Task.isCancelled { return nil }
                let ffmpeg = FFmpegProcess(executable: executable, arguments: plan.arguments, directory: directory)
                let status = await ffmpeg.run(timeout: Self.timeout, clock: clock)
                if Task.isCancelled { return nil }
                guard status == 0 else {
                    logger.debug("ffmpeg did not render \(order.jobID): status \(status.map(String.init) ?? "none")")
                    continue
                }
                if let clip = try take(part, for: order) { return clip }
            }
        } catch {
            logger.warning("\(error)")
        }
        return nil
    }

    static func plans(for order: ClipOrder, caption: String, output: String) -> [FFmpegPlan] {
        let caption = order.prompt.isEmpty ? nil : caption
        let sources: [ClipOrder.Source?] = order.source == nil ? [nil] : [order.source, nil]
        // Without a font, or built without FreeType, ffmpeg cannot draw text but can do all the rest.
        let captions: [String?] = caption == nil ? [nil] : [caption, nil]
        return sources.flatMap { source in
            captions.map { FFmpegPlan(for: order, from: source, captionFile: $0, output: output) }
        }
    }

    /// Gives the finished file its name; nil if it is empty.
    private func take(_ part: String, for order: ClipOrder) throws -> Clip? {
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.path(of: part))))
        guard !bytes.isEmpty else { return nil }
        if order.isStill {
            // ffmpeg writes no text into a PNG, and two pictures of one upload would be the same bytes.
            bytes = PNGFile.adding([("Title", order.caption), ("Comment", order.jobID)], to: bytes)
        }
        try folder.write(bytes, to: order.fileName)
        return Clip(fileName: order.fileName, type: order.mediaType, bytes: bytes)
    }

    /// At most four lines of about 36 characters, broken at spaces where there are any.
    static func wrapped(_ text: String, width: Int = 36, lines limit: Int = 4) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word.prefix(width)))
            }
        }
        guard lines.count > limit else { return lines.joined(separator: "\n") }
        return lines.prefix(limit).joined(separator: "\n") + "…"
    }
}
