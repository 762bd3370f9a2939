using System.CommandLine;
using Quorate.V1;

namespace Quorate.Cli.Api;

/// <summary><c>quorate transfer</c>: amounts of assets to addresses.</summary>
static class TransferCommand
{
    static readonly Option<string?> from = new("--from") { Description = "The wallet's address that pays; its first on the chain when absent." };
    static readonly Option<string?> reason = new("--reason") { Description = "Why, for those who read it later." };
    static readonly Option<string?> vault = new("--vault") { Description = "Of one vault: vlt_…" };
    static readonly Option<string?> status = new("--status") { Description = "In one state: broadcast, denied, … (docs/states.md)" };
    static readonly Option<string?> address = new("--address") { Description = "That pays, is paid or is named." };
    static readonly Option<string?> text = new("--text") { Description = "Words in note, ids, names or addresses." };
    static readonly Option<string?> wallet = new("--wallet") { Description = "Of one wallet: wal_…" };

    internal static Command Create() => new Command("transfer",
        """
        Transfers: asked for, approved, followed.

        Example:
          quorate transfer create --wallet wal_… --asset eip155:1/slip44:60 --amount 1000000000000000000 --to 0x… --max-fee 2000000000000000 --wait
        """)
    {
        Make("create",
            """
            Ask for a transfer. The server builds the transaction; the policy says whose approvals it takes.

            Example:
              quorate transfer create --wallet wal_… --asset eip155:1/slip44:60 --amount 1000000000000000000 --to 0x… --max-fee 2000000000000000 --wait
            """, async (session, parsed, cancellation) =>
            await Waiting.FinishAsync(session, parsed, await session.Client.Transfers.CreateTransferAsync(Request(parsed), null, cancellation), cancellation), withWait: true),
        Make("preview",
            """
            What would become of a transfer: effects, fee, what would be reserved, the policy's word. Nothing is written.

            Example:
              quorate transfer preview --wallet wal_… --asset eip155:1/slip44:60 --amount 1 --to 0x… --max-fee 2000000000000000
            """, async (session, parsed, cancellation) =>
            {
                ApiCommands.Print(session, await session.Client.Transfers.PreviewTransferAsync(Request(parsed), null, cancellation));
                return 0;
            }, withWait: false),
        List("transfer"),
        Accelerate(),
    }.With(Existing("trf_", "transfer"));

    /// <summary>The commands on what exists, which are the same for transfers, transactions and messages.</summary>
    internal static IEnumerable<Command> Existing(string prefix, string noun)
    {
        var id = ApiCommands.Id(prefix);
        string Of(ParseResult parsed) => parsed.GetValue(id)!;
        yield return ApiCommands.Make("show", $"""
            Show a {noun} with everything that was made of it.

            Example:
              quorate {noun} show {prefix}… --wait
            """, [id, Waiting.Option], async (session, parsed, cancellation) =>
            await Waiting.FinishAsync(session, parsed, await session.Client.Transfers.GetTransferAsync(new() { Transfer = Of(parsed) }, null, cancellation), cancellation));
        yield return ApiCommands.Make("approve", $"""
            Approve a {noun} with the device key. The intent is hashed and the transaction decoded here, from its bytes: what is shown
            is what it does, whatever the server says of it. Tokens are shown as calls of their contracts.

            Example:
              quorate {noun} approve {prefix}…
            """, [id, Approving.Yes, Waiting.Option], async (session, parsed, cancellation) =>
            await Waiting.FinishAsync(session, parsed, await Approving.TransferAsync(session, parsed, Of(parsed), cancellation), cancellation));
        yield return ApiCommands.Ask("reject", $"""
            Say no to a {noun} that waits for approvals. It ends.

            Example:
              quorate {noun} reject {prefix}… --reason "not ordered by us"
            """, (session, parsed, cancellation) => session.Client.Transfers.RejectTransferAsync(
                new() { Transfer = Of(parsed), Reason = parsed.GetValue(reason) ?? "" }, null, cancellation), id, reason);
        yield return ApiCommands.Make("cancel", $"""
            Take a {noun} back: at once where nothing is on the network, else by a transaction that does nothing in its place.

            Example:
              quorate {noun} cancel {prefix}… --reason "wrong amount" --wait
            """, [id, reason, Waiting.Option], async (session, parsed, cancellation) => await Waiting.FinishAsync(session, parsed, await session.Client.Transfers.CancelTransferAsync(
                new() { Transfer = Of(parsed), Reason = parsed.GetValue(reason) ?? "" }, null, cancellation), cancellation));
        yield return ApiCommands.Make("receipt", $"""
            Write the receipt into a file: intent, effects, policy, approvals, every node's signed decision.

            Example:
              quorate {noun} receipt {prefix}… --out receipt.json
              quorate audit receipt receipt.json --genesis genesis.json
            """, [id, target], async (session, parsed, cancellation) =>
            {
                var receipt = await session.Client.Transfers.GetReceiptAsync(new() { Transfer = Of(parsed) }, null, cancellation);
                NewFile.Write(parsed.GetValue(target)!.FullName, receipt.Document.ToStringUtf8());
                Console.WriteLine($"receipt  {parsed.GetValue(target)!.FullName}");
                return 0;
            });
        if (noun == "message")
            yield break;
        yield return ApiCommands.Make("speed-up", $"""
            Send it again at a higher fee, within what was approved.

            Example:
              quorate {noun} speed-up {prefix}… --wait
            """, [id, Waiting.Option], async (session, parsed, cancellation) => await Waiting.FinishAsync(session, parsed,
                await session.Client.Transfers.SpeedUpTransferAsync(new() { Transfer = Of(parsed) }, null, cancellation), cancellation));
        yield return ApiCommands.Ask("withdraw", $"""
            Give up a replacement or a cancellation that no node was asked to sign; what it was to replace goes on.

            Example:
              quorate {noun} withdraw {prefix}…
            """, (session, parsed, cancellation) => session.Client.Transfers.WithdrawReplacementAsync(
                new() { Transfer = Of(parsed), Reason = parsed.GetValue(reason) ?? "" }, null, cancellation), id, reason);
    }

    /// <summary>The history of one kind, newest first.</summary>
    internal static Command List(string kind) => ApiCommands.List("list", $"""
        List them, the newest first.

        Example:
          quorate {(kind == "signature" ? "message" : kind)} list --status pending_approval
        """, "id wallet status amount asset to note create_time", (session, parsed, cancellation) => session.Client.Transfers.AllTransfersAsync(new()
        {
            Kind = kind, Wallet = parsed.GetValue(wallet) ?? "", Vault = parsed.GetValue(vault) ?? "", Status = parsed.GetValue(status) ?? "",
            Address = parsed.GetValue(address) ?? "", Text = parsed.GetValue(text) ?? "",
        }, cancellation), wallet, vault, status, address, text);

    static readonly Option<FileInfo> target = new("--out") { Description = "The new file.", Required = true };
    static readonly Option<string> asset = new("--asset") { Description = "CAIP-19: eip155:1/slip44:60.", Required = true };
    static readonly Option<string> amount = new("--amount") { Description = "In the asset's smallest unit.", Required = true };
    static readonly Option<string> to = new("--to") { Description = "The recipient's address.", Required = true };
    static readonly Option<string> maxFee = new("--max-fee") { Description = "The most that it may cost, with all replacements, in the coin's smallest unit.", Required = true };
    static readonly Option<string?> memo = new("--memo") { Description = "Goes with it on the chain, where the chain has such a thing." };
    static readonly Option<string[]> coins = new("--coin") { Description = "On Bitcoin: the coins that pay, TRANSACTION:OUTPUT, all of them and no others.", AllowMultipleArgumentsPerToken = true };

    static Command Make(string name, string description, Func<ApiSession, ParseResult, CancellationToken, Task<int>> work, bool withWait) => ApiCommands.Make(name, description,
        [Requesting.Wallet, asset, amount, to, maxFee, from, memo, coins, Requesting.ExternalId, Requesting.Note, Requesting.Hours, .. withWait ? (Symbol[])[Waiting.Option] : []], work);

    static CreateTransferRequest Request(ParseResult parsed)
    {
        var request = new CreateTransferRequest
        {
            Wallet = parsed.GetValue(Requesting.Wallet)!, Asset = parsed.GetValue(asset)!, Amount = parsed.GetValue(amount)!, To = parsed.GetValue(to)!,
            MaxFee = parsed.GetValue(maxFee)!, From = parsed.GetValue(from) ?? "", Memo = parsed.GetValue(memo) ?? "",
            ExternalId = parsed.GetValue(Requesting.ExternalId) ?? "", Note = parsed.GetValue(Requesting.Note) ?? "", ExpireTime = Documents.FromNow(parsed.GetValue(Requesting.Hours)),
        };
        request.Coins.Add(parsed.GetValue(coins) ?? []);
        return request;
    }

    static Command Accelerate()
    {
        var id = ApiCommands.Id("trf_");
        return ApiCommands.Make("accelerate",
            """
            On Bitcoin: spend the change of a stuck transfer in one that pays for both. It is a transfer of its own, with approvals of its own.

            Example:
              quorate transfer accelerate trf_… --max-fee 20000 --wait
            """, [id, maxFee, Waiting.Option], async (session, parsed, cancellation) => await Waiting.FinishAsync(session, parsed, await session.Client.Transfers.AccelerateTransferAsync(
                new() { Transfer = parsed.GetValue(id)!, MaxFee = parsed.GetValue(maxFee)! }, null, cancellation), cancellation));
    }
}
