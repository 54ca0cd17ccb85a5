//! `$((…))`: whole numbers, variables, the usual operators. Left out: assignments, `?:`, bits.

/// The value of an expression; `variable` gives the text of a variable.
pub(super) fn value(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<i64, &'static str> {
    let mut sum = Sum { chars: text.chars().filter(|c| !c.is_whitespace()).collect(), at: 0, depth: 0, variable };
    if sum.chars.is_empty() {
        return Ok(0);
    }
    let value = sum.level(0)?;
    if sum.at == sum.chars.len() { Ok(value) } else { Err("arithmetic syntax error") }
}

/// Operators from the loosest to the tightest.
const LEVELS: [&[&str]; 6] = [&["||"], &["&&"], &["==", "!="], &["<=", ">=", "<", ">"], &["+", "-"], &["*", "/", "%"]];

struct Sum<'a> {
    chars: Vec<char>,
    at: usize,
    depth: u32,
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Sum<'_> {
    fn operator(&mut self, level: usize) -> Option<&'static str> {
        let is = |sign: &&&str| sign.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        let sign = LEVELS[level].iter().find(is)?;
        self.at += sign.len();
        Some(sign)
    }

    fn level(&mut self, level: usize) -> Result<i64, &'static str> {
        if level == LEVELS.len() {
            return self.single();
        }
        let mut left = self.level(level + 1)?;
        while let Some(sign) = self.operator(level) {
            let right = self.level(level + 1)?;
            left = match sign {
                "||" => i64::from(left != 0 || right != 0),
                "&&" => i64::from(left != 0 && right != 0),
                "==" => i64::from(left == right),
                "!=" => i64::from(left != right),
                "<=" => i64::from(left <= right),
                ">=" => i64::from(left >= right),
                "<" => i64::from(left < right),
                ">" => i64::from(left > right),
                "+" => left.wrapping_add(right),
                "-" => left.wrapping_sub(right),
                "*" => left.wrapping_mul(right),
                _ if right == 0 => return Err("divide by zero"),
                "/" => left.wrapping_div(right),
                _ => left.wrapping_rem(right),
            };
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<i64, &'static str> {
        self.depth += 1;
        if self.depth > 200 {
            return Err("arithmetic syntax error");
        }
        let Some(c) = self.chars.get(self.at).copied() else { return Err("arithmetic syntax error") };
        match c {
            '(' => {
                self.at += 1;
                let value = self.level(0)?;
                if self.chars.get(self.at) != Some(&')') {
                    return Err("arithmetic syntax error");
                }
                self.at += 1;
                Ok(value)
            }
            '-' | '+' | '!' => {
                self.at += 1;
                let value = self.single()?;
                Ok(match c {
                    '-' => value.wrapping_neg(),
                    '!' => i64::from(value == 0),
                    _ => value,
                })
            }
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<i64, &'static str> {
        let rest = &self.chars[self.at..];
        let text: String = rest.iter().skip_while(|c| **c == '$').take_while(|c| c.is_ascii_alphanumeric() || **c == '_').collect();
        self.at += text.len() + rest.iter().take_while(|c| **c == '$').count();
        match text.chars().next() {
            Some(c) if c.is_ascii_digit() => text.parse().map_err(|_| "arithmetic syntax error"),
            Some(_) => Ok((self.variable)(&text).and_then(|text| text.trim().parse().ok()).unwrap_or_default()),
            None => Err("arithmetic syntax error"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn sums_follow_the_usual_order() {
        let variable = |name: &str| (name == "i").then(|| "41".to_owned());
        let table = [("1+2*3", Ok(7)), ("(1+2)*3", Ok(9)), ("i + 1", Ok(42)), ("$i%10", Ok(1)), ("-3+nothing", Ok(-3)), ("2>1 && 1>2", Ok(0)),
            ("1/0", Err("divide by zero")), ("1+", Err("arithmetic syntax error")), ("", Ok(0))];
        for (text, expected) in table {
            assert_eq!(value(text, &variable), expected, "{text}");
        }
    }
}
