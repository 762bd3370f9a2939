using System.Security.Cryptography;
using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Solana;
using Quorate.Cli.Local;
using Quorate.Cli.Node;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cli.Demo;

/// <summary>
/// Transactions that could be sent if there were a network: real in every byte but for what only a network knows, the nonce, the
/// coins, the recent blockhash, which are made up.
/// </summary>
/// <param name="chain">The chain.</param>
/// <param name="address">The wallet's first address there.</param>
/// <param name="key">The wallet's key for ECDSA, as Bitcoin's addresses derive from it.</param>
sealed class UnsentTransactions(LocalChain chain, string address, Quorate.Node.V1.Key key)
{
    static readonly Bip32Path path = new(0, 0);

    readonly DescriptorWallet? account = chain.Name == "bitcoin" ? AccountOf(key) : null;

    /// <summary>How its bytes are read, by whoever knows the wallet.</summary>
    internal ITransactionFormat Format => account is not null ? new BitcoinFormat(account.Network, account) : new ConfiguredChain(null, null, chain.Genesis).ToFormat(chain.Id);

    /// <summary>Who signs.</summary>
    internal DecodeContext Context => new(Format.ParseAddress(address), path, account is null ? null : account.Owns);

    /// <summary>A payment of an amount.</summary>
    /// <param name="amount">In the smallest unit.</param>
    /// <param name="number">Makes it unlike others.</param>
    internal byte[] Pay(string amount, byte number)
    {
        var to = Format.ParseAddress(LocalPolicy.Somebody(chain));
        return chain.Name switch
        {
            "ethereum" => Ethereum(Amount.Parse(amount), number),
            "bitcoin" => Bitcoin(new(to, ulong.Parse(amount, System.Globalization.CultureInfo.InvariantCulture)), number),
            _ => Solana((SolanaFormat)Format, new(Context.Signer, to, Format.Coin, Amount.Parse(amount)), number),
        };
    }

    byte[] Ethereum(Amount amount, byte number) => EthereumTransactionCodec.Encode(new()
    {
        Type = EthereumTransactionType.FeeMarket, ChainId = ulong.Parse(chain.Id.AsSpan("eip155:".Length), System.Globalization.CultureInfo.InvariantCulture), Nonce = number,
        GasLimit = 21_000, MaxFeePerGas = 20_000_000_000UL, MaxPriorityFeePerGas = 1_000_000_000UL, To = EthereumAddress.Parse(LocalPolicy.Somebody(chain)), Value = amount,
    });

    byte[] Bitcoin(Payment payment, byte number)
    {
        // A transaction that pays the wallet twice as much: nobody has ever made it.
        var owner = account!.Receive(0);
        var value = 2 * payment.Value;
        var earlier = new BitcoinTransaction(2, [new TxInput(new(TxId.FromBytes(SHA256.HashData([number])), 0), TxInput.ReplaceableSequence)], [new TxOutput(value, owner.Script)], 0);
        return Spending.Build(account.Network, new()
        {
            Payments = [payment], Available = [new Coin(new(earlier.Id, 0), value, owner, earlier, isConfirmed: true)], Change = account.Change(0), FeeRate = new(2_000),
            MaxFee = ulong.Parse(chain.MaxFee, System.Globalization.CultureInfo.InvariantCulture),
        }, SystemRandom.Shared).Psbt.Encode();
    }

    static byte[] Solana(SolanaFormat format, Transfer transfer, byte number) =>
        SolanaMessageCodec.Encode(format.Build(transfer, new(new MessageLifetime.Recent(new(SHA256.HashData([number]))))));

    // As nodes derive it: docs/spec/release.md.
    static DescriptorWallet AccountOf(Quorate.Node.V1.Key key)
    {
        var network = BitcoinNetwork.Regtest;
        var extended = new ExtendedPublicKey(Point<Secp256k1>.Decode(key.PublicKey.Span), key.ChainCode.Span).Encode(network.ExtendedKeys);
        return DescriptorWallet.Parse(network, $"wpkh({extended}/<0;1>/*)");
    }
}
