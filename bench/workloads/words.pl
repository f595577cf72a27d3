# Hashes, arrays, strings and regular expressions.
use strict;
use warnings;

my %seen;
my $seed = 1;
for my $i (1 .. 80000) {
    $seed = ($seed * 1103515245 + 12345) % 2147483648;
    my $word = "word" . ($seed % 30000);
    push @{ $seen{$word} }, { index => $i, text => "$word $i" };
}
my @lines;
for my $word (sort keys %seen) {
    push @lines, join(",", map { $_->{text} } sort { $b->{index} <=> $a->{index} } @{ $seen{$word} });
}
my $text = join("\n", @lines);
my %count;
$count{ lc $1 }++ while $text =~ /(\w+\d) \d+/g;
$text =~ s/word(\d+)/<$1>/g for 1 .. 2;
my @parts = map { [ split /,/ ] } split /\n/, $text;
die unless @parts == @lines and %count;
