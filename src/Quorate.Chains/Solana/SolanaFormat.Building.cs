using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Solana;

public sealed partial class SolanaFormat
{
    /// <summary>
    /// The message of a transfer. SOL goes by the System program's transfer; a token by transferChecked to the recipient's
    /// associated token account, which is opened unless it is open and checked to be the recipient's own. A memo stands
    /// directly before the transfer, where Token-2022 lets recipients insist on one.
    /// </summary>
    /// <exception cref="ChainException">
    /// Unsupported: another chain's address or asset, an unknown token, an amount from 2⁶⁴, a recipient without a key, more
    /// memo than fits.
    /// </exception>
    public SolanaMessage Build(Transfer transfer, TransferTerms terms)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        ArgumentNullException.ThrowIfNull(terms);
        var (from, to) = (OwnAddress(transfer.From), OwnAddress(transfer.To));
        if (!transfer.Amount.TryToUInt64(out var amount))
            throw Unsupported($"An amount of {transfer.Amount}; on Solana it is below 2⁶⁴.");
        var payer = terms.FeePayer ?? from;
        var instructions = new List<SolanaInstruction>(6);
        if (terms.Lifetime is MessageLifetime.Durable durable)
            instructions.Add(SystemProgram.AdvanceNonce(durable.Account, durable.Authority));
        if (terms.UnitLimit is { } limit)
            instructions.Add(ComputeBudget.SetUnitLimit(limit));
        if (terms.UnitPrice > 0)
            instructions.Add(ComputeBudget.SetUnitPrice(terms.UnitPrice));
        var memo = transfer.Memo is { } text ? MemoProgram.Publish(text) : null;

        if (transfer.Asset == Coin)
        {
            if (memo is not null)
                instructions.Add(memo);
            instructions.Add(SystemProgram.Transfer(from, to, amount));
        }
        else
        {
            var mint = MintOf(transfer.Asset);
            var facts = terms.Mint ?? Known.Mint(mint) ?? throw Unsupported($"Nothing is known of the token {mint}.");
            if (!ProgramIds.IsToken(facts.TokenProgram))
                throw Unsupported($"{facts.TokenProgram} is no token program.");
            if (!terms.AllowsKeylessOwner && !to.IsOnCurve)
                throw Unsupported($"{to} is no wallet: nobody has a key to it. It may be a token account; tokens are sent to its owner.");
            instructions.Add(AssociatedTokenProgram.CreateIdempotent(payer, to, mint, facts.TokenProgram));
            if (memo is not null)
                instructions.Add(memo);
            instructions.Add(TokenProgram.TransferChecked(
                facts.TokenProgram, ProgramAddress.AssociatedTokenAccount(from, mint, facts.TokenProgram), mint,
                ProgramAddress.AssociatedTokenAccount(to, mint, facts.TokenProgram), from, amount, facts.Decimals));
        }
        var blockhash = terms.Lifetime switch
        {
            MessageLifetime.Recent recent => recent.Blockhash,
            MessageLifetime.Durable nonce => nonce.Value,
            _ => throw new ArgumentException("A message has a lifetime.", nameof(terms)),
        };
        try
        {
            return SolanaMessage.Compile(terms.Version, payer, blockhash, [.. instructions]);
        }
        catch (ArgumentException tooLarge)
        {
            throw new ChainException(ChainError.Unsupported, tooLarge.Message, tooLarge);
        }
    }

    /// <summary>The token of a mint as an asset.</summary>
    public AssetId Token(SolanaAddress mint) => AssetId.Create(Chain, TokenNamespace, mint.ToString());

    /// <summary>The mint of a token.</summary>
    /// <exception cref="ChainException">Unsupported: the asset is another chain's, or no token.</exception>
    public SolanaAddress MintOf(AssetId asset)
    {
        ArgumentNullException.ThrowIfNull(asset);
        return asset.Chain == Chain && asset.Namespace == TokenNamespace && asset.Token is null && SolanaAddress.TryParse(asset.Reference, out var mint)
            ? mint
            : throw Unsupported($"{asset} is neither {Coin} nor a token of {Chain}.");
    }

    SolanaAddress OwnAddress(Address address) => address.Chain == Chain
        ? SolanaAddress.Parse(address.Text)
        : throw Unsupported($"{address} is an address of {address.Chain}, not of {Chain}.");

    static ChainException Unsupported(string message) => new(ChainError.Unsupported, message);
}
