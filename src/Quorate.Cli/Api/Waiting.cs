using System.CommandLine;
using System.CommandLine.Parsing;
using Quorate.V1;

namespace Quorate.Cli.Api;

/// <summary>
/// <c>--wait</c>: until a transfer or a ceremony gets no further by itself, with a line for every step on the way, and in a terminal a
/// bar between them.
/// </summary>
static class Waiting
{
    const int UsualSeconds = 300;

    // How long one question waits at the server.
    static readonly TimeSpan most = TimeSpan.FromSeconds(20);
    static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    // On the way to the end that is hoped for.
    static readonly string[] sending = ["draft", "pending_policy", "pending_approval", "approved", "queued", "signing", "signed", "broadcast", "confirming", "confirmed"];
    static readonly string[] signing = sending[..7], leading = ["drafted", "led", "done"];

    internal static Option<int?> Option { get; } = new("--wait")
    {
        Description = $"Wait until somebody has to approve, it is confirmed, or it has ended; at most so many seconds, {UsualSeconds} unless said otherwise. Exit code 0 for done, 1 for ended otherwise, 6 for approvals that are missing, 3 where it takes longer.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>How a transfer that has just been asked about ends: printed, and as an exit code where it was waited for.</summary>
    internal static async Task<int> FinishAsync(ApiSession session, ParseResult parsed, Transfer transfer, CancellationToken cancellation)
    {
        if (LimitOf(parsed) is not { } limit)
        {
            ApiCommands.Print(session, transfer);
            return 0;
        }
        var clock = TimeProvider.System;
        var (begun, shown, isWaited) = (clock.GetTimestamp(), "", false);
        using var progress = new ProgressLine();
        while (true)
        {
            Step(session, progress, ref shown, transfer.SubStatus.Length > 0 ? $"{transfer.Status} ({transfer.SubStatus})" : transfer.Status,
                transfer.Kind == "signature" ? signing : sending, transfer.Status);
            // Whether an approval that has just been given is enough, the server says when it has judged again, which it waits for.
            var code = CodeOf(transfer) is { } found && (isWaited || found != CliException.Pending) ? found : (int?)null;
            var left = limit - clock.GetElapsedTime(begun);
            if (code is not null || left <= TimeSpan.Zero)
            {
                progress.Clear();
                ApiCommands.Print(session, transfer);
                return code ?? CliException.Aborted;
            }
            var wait = TimeSpan.FromSeconds(Math.Ceiling(Math.Min(left.TotalSeconds, most.TotalSeconds)));
            var before = transfer.Version;
            transfer = await session.Client.Transfers.GetTransferAsync(new() { Transfer = transfer.Id }, new() { Wait = wait }, cancellation);
            isWaited = true;
            if (transfer.Version == before && CodeOf(transfer) is null)
                await Task.Delay(pause, clock, cancellation);
        }
    }

    /// <summary>As the other, of a ceremony.</summary>
    internal static async Task<int> FinishAsync(ApiSession session, ParseResult parsed, Ceremony ceremony, CancellationToken cancellation)
    {
        var (limit, clock) = (LimitOf(parsed), TimeProvider.System);
        var (begun, shown) = (clock.GetTimestamp(), "");
        using var progress = new ProgressLine();
        while (limit is not null && ceremony.Status is not ("done" or "failed") && clock.GetElapsedTime(begun) < limit)
        {
            Step(session, progress, ref shown, $"{ceremony.Status}, {ceremony.Approvers.Count} approvals, {ceremony.Attempts} attempts", leading, ceremony.Status);
            await Task.Delay(pause, clock, cancellation);
            ceremony = await session.Client.Governance.GetCeremonyAsync(new() { Ceremony = ceremony.Id }, null, cancellation);
        }
        progress.Clear();
        ApiCommands.Print(session, ceremony);
        return limit is null || ceremony.Status == "done" ? 0 : ceremony.Status == "failed" ? CliException.Negative : CliException.Aborted;
    }

    // Null where it gets further by itself.
    static int? CodeOf(Transfer transfer) => transfer.Status switch
    {
        "confirmed" or "finalized" => 0,
        "signed" when transfer.Kind == "signature" => 0,
        "pending_approval" => CliException.Pending,
        "denied" or "rejected" or "expired" or "cancelled" or "replaced" or "dropped" or "failed" => CliException.Negative,
        _ => null,
    };

    static TimeSpan? LimitOf(ParseResult parsed) => parsed.GetResult(Option) is OptionResult { Implicit: false }
        ? TimeSpan.FromSeconds(parsed.GetValue(Option) ?? UsualSeconds) : null;

    static void Step(ApiSession session, ProgressLine progress, ref string shown, string now, string[] way, string status)
    {
        if (now == shown)
            return;
        if (!session.IsJson)
            progress.Above(() => Console.Error.WriteLine($"{TimeProvider.System.GetLocalNow():HH:mm:ss}  {now}"));
        progress.Show(now, 1 + Array.IndexOf(way, status), way.Length);
        shown = now;
    }
}
