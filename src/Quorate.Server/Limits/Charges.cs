using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Quorate.Server.Limits;

/// <summary>The limits of a server, and what a call costs under them.</summary>
sealed class Charges
{
    /// <summary>What a signature costs.</summary>
    internal const int Signature = 1;

    /// <summary>What one costs of a committee of three of five or larger, by the number that counts: those who sign.</summary>
    internal const int LargeSignature = 2;

    /// <summary>Signers from which on a signature is a large one.</summary>
    internal const int LargeThreshold = 3;

    /// <summary>What making or renewing a wallet's keys costs.</summary>
    internal const int KeyGeneration = 5;

    readonly Limit reads, writes, replays, apiKey, wallet, address, velocity, sameMessage;

    /// <summary>The limits.</summary>
    /// <exception cref="ArgumentException">A bucket is so small that what it limits never fits.</exception>
    internal Charges(LimitOptions options)
    {
        reads = new Limit.Bucket("reads", options.Reads);
        writes = new Limit.Bucket("writes", options.Writes);
        replays = new Limit.Bucket("replays", options.Replays);
        apiKey = Holding(KeyGeneration, new Limit.Bucket("api-key", options.ApiKey));
        wallet = Holding(KeyGeneration, new Limit.Bucket("wallet", options.Wallet));
        address = Holding(LargeSignature, new Limit.Bucket("address", options.Address));
        velocity = new Limit.Sliding("wallet-velocity", options.WalletVelocity);
        sameMessage = new Limit.Sliding("same-message", options.SameMessage);
    }

    /// <summary>What a call costs, each charge under another limit.</summary>
    internal ImmutableArray<Charge> Of(LimitedCall call)
    {
        switch (call.Class)
        {
            case CallClass.Read:
                return [new(reads, call.ApiKey, 1)];
            case CallClass.Replay:
                return [new(replays, call.ApiKey, 1)];
            case CallClass.Write:
                return [new(writes, call.ApiKey, 1)];
            case CallClass.KeyGeneration:
                return call.Wallet is null
                    ? [new(apiKey, call.ApiKey, KeyGeneration)]
                    : [new(apiKey, call.ApiKey, KeyGeneration), new(wallet, call.Wallet, KeyGeneration)];
            case CallClass.Sign:
                var cost = call.Threshold >= LargeThreshold ? LargeSignature : Signature;
                var charges = ImmutableArray.CreateBuilder<Charge>(5);
                charges.Add(new(apiKey, call.ApiKey, cost));
                if (call.Wallet is { } from)
                {
                    charges.Add(new(wallet, from, cost));
                    charges.Add(new(velocity, from, 1));
                    // A null array becomes an empty memory and not null; what is empty is nobody's message to repeat.
                    if (call.Message is { Length: > 0 } message)
                        charges.Add(new(sameMessage, $"{from}:{Convert.ToHexStringLower(SHA256.HashData(message.Span))}", 1));
                }
                if (call.Address is { } account)
                    charges.Add(new(address, account, cost));
                return charges.DrainToImmutable();
            default:
                throw new ArgumentOutOfRangeException(nameof(call), call.Class, "No such class of calls.");
        }
    }

    static Limit Holding(int cost, Limit limit) => limit.Most >= cost
        ? limit
        : throw new ArgumentException($"The limit {limit.Name} has {limit.Rate.Quota} and half as much again saved up; what costs {cost} would never be let through.");
}
