using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Quorate.Chains;
using Quorate.Chains.Solana;

namespace Quorate.Cli.Devnet;

/// <summary>litesvm behind Solana's JSON-RPC, with a slot every 400 ms. The faucet's payment is confirmed when it answers.</summary>
sealed class SolanaDevnet : DevnetChain
{
    /// <summary>The largest integer that every reader of JSON has exactly: 2⁵³ − 1, some nine million SOL.</summary>
    const ulong MaxLamports = (1UL << 53) - 1;

    internal override string Name => "solana";

    internal override int DefaultPort => 8899;

    internal override string FaucetUnit => "lamports";

    internal override IReadOnlyList<string> KeepingArguments(string file) => ["400", file];

    /// <summary>The hash of the cluster's genesis, whole: always the same, of its name.</summary>
    internal static Blockhash GenesisHash { get; } = new(SHA256.HashData("quorate devnet solana"u8));

    internal override async Task<string> CheckAsync(DevnetHttp node, CancellationToken cancellationToken)
    {
        var version = await node.CallAsync("getVersion", [], cancellationToken);
        var slot = await node.CallAsync("getSlot", [Confirmed()], cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"{version?["solana-core"]}, slot {slot}");
    }

    internal override async Task<string> FundAsync(DevnetHttp node, string address, string amount, CancellationToken cancellationToken)
    {
        if (!Amount.TryParse(amount, out var lamports) || !lamports.TryToUInt64(out var value) || value > MaxLamports)
            throw new CliException($"\"{amount}\" is no amount of lamports up to {MaxLamports}: decimal digits, nothing else.");
        var signature = (await node.CallAsync("requestAirdrop", [address, value], cancellationToken))!.GetValue<string>();
        await WaitAsync(async () =>
        {
            var statuses = await node.CallAsync("getSignatureStatuses", [new JsonArray(signature)], cancellationToken);
            return statuses?["value"]?[0]?["confirmationStatus"]?.GetValue<string>() is "confirmed" or "finalized";
        }, $"{signature} is not confirmed", cancellationToken);
        return signature;
    }

    static JsonObject Confirmed() => new() { ["commitment"] = "confirmed" };
}
