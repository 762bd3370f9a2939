using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Quorate.Chains;
using Quorate.Cli.Node;
using Quorate.Cryptography.Derivation;
using Quorate.Policies;
using Act = Quorate.V1.Act;
using Ceremony = Quorate.V1.Ceremony;
using Transfer = Quorate.V1.Transfer;

namespace Quorate.Cli.Api;

/// <summary>
/// Approving with a device key from a shell. Nothing is believed that the server says of what is approved: the document is hashed and the
/// transaction decoded here.
/// </summary>
static class Approving
{
    internal static Option<bool> Yes { get; } = new("--yes") { Description = "Sign without asking." };

    /// <summary>Approves a transfer, transaction or message.</summary>
    internal static async Task<Transfer> TransferAsync(ApiSession session, ParseResult parsed, string id, CancellationToken cancellation)
    {
        var transfer = await session.Client.Transfers.GetTransferAsync(new() { Transfer = id }, null, cancellation);
        var intent = Read(transfer);
        Confirm(parsed, Describe(intent, transfer));
        return await session.Client.Transfers.ApproveTransferAsync(new() { Transfer = id, Approval = Documents.Of(session.Approve(intent.Hash)) }, null, cancellation);
    }

    /// <summary>Approves an order for a ceremony, as an administrator.</summary>
    internal static async Task<Ceremony> CeremonyAsync(ApiSession session, ParseResult parsed, string id, CancellationToken cancellation)
    {
        var ceremony = await session.Client.Governance.GetCeremonyAsync(new() { Ceremony = id }, null, cancellation);
        var order = Parse(ceremony.Order, text => CeremonyOrder.Parse(text));
        Confirm(parsed, [$"{order}", $"expires   {order.ExpiresAt:u}", Encoding.UTF8.GetString(order.Canonical.Span), $"hash      {order.Hash}"]);
        return await session.Client.Governance.ApproveCeremonyAsync(new() { Ceremony = id, Approval = Documents.Of(session.Approve(order.Hash)) }, null, cancellation);
    }

    /// <summary>Approves an act, as an administrator.</summary>
    internal static async Task<Act> ActAsync(ApiSession session, ParseResult parsed, string id, CancellationToken cancellation)
    {
        var shown = await session.Client.Governance.GetActAsync(new() { Act = id }, null, cancellation);
        var act = Parse(shown.Document, text => AdministrativeAct.Parse(text, ChainSpelling.IsCanonical));
        Confirm(parsed, [$"{act}", Encoding.UTF8.GetString(act.Canonical.Span), $"hash      {act.Hash}"]);
        return await session.Client.Governance.ApproveActAsync(new() { Act = id, Approval = Documents.Of(session.Approve(act.Hash)) }, null, cancellation);
    }

    /// <summary>What administrators sign of an order, hashed here.</summary>
    internal static Digest HashOf(Ceremony ceremony) => Parse(ceremony.Order, text => CeremonyOrder.Parse(text)).Hash;

    /// <summary>The intent that waits: of the last transaction, hashed here.</summary>
    static Intent Read(Transfer transfer) => transfer.Transactions.Count > 0 && transfer.Transactions[^1].Intent is { } document
        ? Parse(document, text => IntentJson.Parse(text))
        : throw new CliException("There is nothing to approve yet.");

    static T Parse<T>(Struct document, Func<byte[], T> parse)
    {
        try
        {
            return parse(Encoding.UTF8.GetBytes(document.ToString()));
        }
        catch (DocumentException problem)
        {
            throw new CliException($"The server's document is none: {problem.Message}");
        }
    }

    static IEnumerable<string> Describe(Intent intent, Transfer transfer)
    {
        var bytes = transfer.Transactions[^1].Unsigned.ToByteArray();
        if (new Digest(SHA256.HashData(bytes)) != intent.Transaction)
            throw new CliException("The transaction is not the one that the intent names: the server shows something else than what would be signed.");
        yield return $"wallet    {intent.Wallet} of {intent.Organisation}, asked for by {intent.Initiator}";
        yield return $"expires   {intent.ExpiresAt:u}";
        foreach (var effect in Effects(intent, transfer, bytes))
            yield return effect;
        yield return $"hash      {intent.Hash}";
    }

    static string[] Effects(Intent intent, Transfer transfer, byte[] bytes)
    {
        if (transfer.Kind == "signature")
            return [$"message   {Encoding.UTF8.GetString(bytes)}"];
        try
        {
            var format = new ConfiguredChain(null, null, null).ToFormat(intent.Chain.ToString());
            var effects = format.Decode(bytes, new(format.ParseAddress(transfer.From), Bip32Path.Root));
            return
            [
                .. effects.Items.Select(e => e is Effect.Transfer t ? $"pays      {t.Amount} {t.Asset} to {t.Recipient?.Text ?? "nobody"}{(t.ToSelf ? " (itself)" : "")}" : $"does      {e}"),
                .. effects.Fee is { } fee ? (string[])[$"fee       at most {fee.Maximum} {fee.Asset}"] : [],
                .. effects.NotUnderstood.Select(text => $"UNCLEAR   {text}"),
            ];
        }
        catch (FormatException problem)
        {
            throw new CliException($"The transaction does not decode: {problem.Message}");
        }
    }

    static void Confirm(ParseResult parsed, IEnumerable<string> lines)
    {
        foreach (var line in lines)
            Console.Error.WriteLine(line);
        if (parsed.GetValue(Yes))
            return;
        if (Console.IsInputRedirected)
            throw new CliException("Nobody is there to confirm it: --yes signs without asking.");
        Console.Error.Write("Approve? Type yes: ");
        if (Console.ReadLine()?.Trim() != "yes")
            throw new CliException("Not approved.");
    }
}
