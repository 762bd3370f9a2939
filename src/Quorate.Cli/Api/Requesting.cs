using System.CommandLine;
using Google.Protobuf;

namespace Quorate.Cli.Api;

/// <summary><c>quorate transaction</c> and <c>quorate message</c>: what callers have built themselves.</summary>
static class Requesting
{
    internal static Option<string> Wallet { get; } = new("--wallet") { Description = "wal_…", Required = true };

    internal static Option<string?> ExternalId { get; } = new("--external-id") { Description = "Your own id for it, unique for ever: asked again it is refused, and the first one named." };

    internal static Option<string?> Note { get; } = new("--note") { Description = "For people, up to 500 characters." };

    internal static Option<double?> Hours { get; } = new("--hours") { Description = "For how long nodes may sign it; a day when absent." };

    static readonly Option<string> chain = new("--chain") { Description = "CAIP-2: eip155:1.", Required = true };
    static readonly Option<string?> from = new("--from") { Description = "The wallet's address; its first on the chain when absent." };
    static readonly Option<string> maxFee = new("--max-fee") { Description = "The most that it may cost, in the coin's smallest unit.", Required = true };
    static readonly Option<string> form = new("--form") { Description = "personal_message (EIP-191, and Solana's off-chain messages) or typed_data (EIP-712).", DefaultValueFactory = _ => "personal_message" };

    internal static Command CreateTransaction()
    {
        var file = new Option<FileInfo?>("--file") { Description = "The unsigned transaction in the chain's own form, as bytes." };
        var hex = new Option<string?>("--hex") { Description = "Or in hexadecimal." };
        return new Command("transaction",
            """
            Transactions that you have built: an Ethereum transaction, a PSBT, a Solana message.

            Example:
              quorate transaction create --wallet wal_… --chain eip155:1 --file unsigned.bin --max-fee 2000000000000000 --wait
            """)
        {
            ApiCommands.Make("create",
                """
                Ask for a transaction to be signed and sent. Nodes decode it and judge what it does.

                Example:
                  quorate transaction create --wallet wal_… --chain eip155:1 --file unsigned.bin --max-fee 2000000000000000 --wait
                """, [Wallet, chain, file, hex, from, maxFee, ExternalId, Note, Hours, Waiting.Option], async (session, parsed, cancellation) =>
                await Waiting.FinishAsync(session, parsed, await session.Client.Transfers.CreateTransactionAsync(new()
                {
                    Wallet = parsed.GetValue(Wallet)!, Chain = parsed.GetValue(chain)!, Unsigned = Content(parsed, file, hex), From = parsed.GetValue(from) ?? "",
                    MaxFee = parsed.GetValue(maxFee)!, ExternalId = parsed.GetValue(ExternalId) ?? "", Note = parsed.GetValue(Note) ?? "", ExpireTime = Documents.FromNow(parsed.GetValue(Hours)),
                }, null, cancellation), cancellation)),
            TransferCommand.List("transaction"),
        }.With(TransferCommand.Existing("txn_", "transaction"));
    }

    internal static Command CreateMessage()
    {
        var text = new Option<string?>("--text") { Description = "The message." };
        var file = new Option<FileInfo?>("--file") { Description = "Or a file with it; of typed_data, the JSON." };
        return new Command("message",
            """
            Messages to be signed, for nobody's network.

            Example:
              quorate message sign --wallet wal_… --chain eip155:1 --text "I am the owner" --wait
            """)
        {
            ApiCommands.Make("sign",
                """
                Ask for a message to be signed.

                Example:
                  quorate message sign --wallet wal_… --chain eip155:1 --text "I am the owner" --wait
                """, [Wallet, chain, text, file, form, from, ExternalId, Note, Hours, Waiting.Option], async (session, parsed, cancellation) =>
                await Waiting.FinishAsync(session, parsed, await session.Client.Transfers.CreateSignatureAsync(new()
                {
                    Wallet = parsed.GetValue(Wallet)!, Chain = parsed.GetValue(chain)!, Form = parsed.GetValue(form)!, From = parsed.GetValue(from) ?? "",
                    Message = parsed.GetValue(text) is { } words ? ByteString.CopyFromUtf8(words) : Content(parsed, file, null),
                    ExternalId = parsed.GetValue(ExternalId) ?? "", Note = parsed.GetValue(Note) ?? "", ExpireTime = Documents.FromNow(parsed.GetValue(Hours)),
                }, null, cancellation), cancellation)),
            TransferCommand.List("signature"),
        }.With(TransferCommand.Existing("sig_", "message"));
    }

    static ByteString Content(ParseResult parsed, Option<FileInfo?> file, Option<string?>? hex)
    {
        try
        {
            if (hex is not null && parsed.GetValue(hex) is { } text)
                return ByteString.CopyFrom(Convert.FromHexString(text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text));
            return parsed.GetValue(file) is { } path
                ? ByteString.CopyFrom(File.ReadAllBytes(path.FullName))
                : throw new CliException($"Say what is to be signed: {file.Name}{(hex is null ? ", --text" : $", {hex.Name}")}.");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CliException(problem.Message);
        }
    }
}
