using System.Text.Json.Nodes;
using Quorate.Cli.Local;
using Quorate.Client;

namespace Quorate.Cli.Demo;

/// <summary>What is left of it all, checked in processes that have files and public keys and nothing else.</summary>
sealed class RecordSteps(DemoScene scene, CancellationToken cancellation)
{
    /// <summary>The journal, exported and verified, and a copy with one byte changed.</summary>
    internal async Task AuditAsync(DemoStep step)
    {
        var head = await DemoScene.UntilAsync(() => scene.Api.Operations.GetAuditHeadAsync(null, null, cancellation), h => h.Signers.Count == LocalPaths.Nodes, "the nodes' signatures on the journal's head", cancellation);
        step.Say("head", $"{head.Hash}, co-signed by all {LocalPaths.Nodes} nodes");
        var (journal, changed) = (scene.InEvidence("journal.export"), scene.InEvidence("changed.export"));
        var (code, _, errors) = await OwnCommand.RunAsync(cancellation, "audit", "export", "--data", scene.Paths.Server, "--out", journal);
        if (code != 0)
            throw new CliException($"audit export ended with {code}: {errors.Trim()}");
        var bytes = await File.ReadAllBytesAsync(journal, cancellation);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(changed, bytes, cancellation);

        var whole = OwnCommand.ReadAsync(cancellation, "audit", "verify", journal, "--genesis", scene.Paths.Genesis);
        var forged = OwnCommand.RunAsync(cancellation, "audit", "verify", changed, "--genesis", scene.Paths.Genesis);
        var verified = await whole;
        step.Say("verified", $"{verified["events"]} events in {verified["streams"]} streams, all of them there and as they were appended");
        var (answer, _, said) = await forged;
        if (answer is not (CliException.Negative or CliException.Usage))
            throw new CliException($"a journal with a changed byte verifies: {answer} {said}");
        step.Say("tampered", $"one bit is flipped in a copy of the log, and the same check finds it: {Finding(said)}");
        (step.Facts["events"], step.Facts["signedBy"], step.Facts["changedIsRefused"]) = (verified["events"]!.DeepClone(), verified["signedBy"]!.AsArray().Count, true);
    }

    // Of the last line what is behind "quorate: not intact: ".
    static string Finding(string said) => said.Trim().Split('\n')[^1].Split(": ", 3)[^1];

    /// <summary>A receipt of everything that was signed.</summary>
    internal async Task ReceiptsAsync(DemoStep step)
    {
        var checkedReceipts = await Task.WhenAll(scene.Paid.Select(ReceiptAsync));
        foreach (var receipt in checkedReceipts)
            step.Say("holds", $"{scene.Plain(Paid(receipt))}, approved by {Names(receipt, "approvers")}, decided by {Names(receipt, "nodes")}");
        step.Facts["receipts"] = checkedReceipts.Length;
    }

    /// <summary>Which nodes have signed it, as its receipt proves.</summary>
    internal async Task<IReadOnlyList<string>> SignersAsync(string transfer) =>
        [.. (await ReceiptAsync(transfer))["nodes"]!.AsArray().Select(n => (string)n!)];

    async Task<JsonObject> ReceiptAsync(string transfer)
    {
        var file = scene.InEvidence($"{transfer}.receipt");
        if (!File.Exists(file))
            await File.WriteAllBytesAsync(file, await DocumentAsync(transfer), cancellation);
        return await OwnCommand.ReadAsync(cancellation, "audit", "receipt", file, "--genesis", scene.Paths.Genesis, "--config", Path.Combine(scene.Paths.Node(1), "node.json"));
    }

    // The nodes are asked for their decisions a moment after they have signed.
    async Task<byte[]> DocumentAsync(string transfer)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return (await scene.Api.Transfers.GetReceiptAsync(new() { Transfer = transfer }, null, cancellation)).Document.ToByteArray();
            }
            catch (QuorateException) when (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation);
            }
        }
    }

    // Change comes back beside what is paid.
    static string Paid(JsonObject receipt) =>
        receipt["effects"]!.AsArray().Select(e => (string)e!).First(e => !e.EndsWith("to the wallet itself", StringComparison.Ordinal));

    static string Names(JsonObject receipt, string which) => string.Join(" and ", receipt[which]!.AsArray().Select(n => (string?)n));
}
